"""./run upgrade, ended by a signal or a power cut; the next one ends it, or goes back whole."""

import threading
from collections.abc import Callable
from pathlib import Path

from tests.operations.pretended_server import Server, doors
from tests.operations.releasing import NEXT
from tests.running import until

POSTGRESQL = "cat /etc/postgresql/15/main/conf.d/know-the-signs.conf"


def cut_off(machine: Server, release: Path, reached: Callable[[], bool], ends: Callable) -> None:
    """An upgrade that is ended as soon as it has reached that."""
    arguments = ("upgrade", str(release), "--watch", "20")
    upgrade = threading.Thread(target=machine.run, args=arguments)
    upgrade.start()
    until(reached, 240, "the moment to cut it off")
    ends()
    upgrade.join()


def sockets(machine: Server) -> str:
    return machine.sh("ls /run/know-the-signs")[1]


def test_the_power_may_go_at_any_moment(machine, next_release):
    """What starts at a boot is what nginx passes visitors to; the same file again ends it."""

    def the_new_doors_answer() -> bool:
        return "desk-green.sock" in sockets(machine)

    def nginx_has_turned() -> bool:
        return NEXT in machine.serving()

    cut_off(machine, next_release, the_new_doors_answer, machine.lose_power)
    machine.boot()
    assert NEXT not in machine.serving()
    assert machine.answer("/report/") == 200
    cut_off(machine, next_release, nginx_has_turned, machine.lose_power)
    machine.boot()
    assert NEXT in machine.serving()
    assert machine.answer("/report/") == 200
    code, said = machine.run("upgrade", str(next_release), "--watch", "1")
    assert code == 0, said
    assert machine.serving().count(NEXT) == 2
    assert machine.enabled() == doors("green") | {"kts-counting.timer"}
    assert "blue.sock" not in sockets(machine)


def kill_at_its_end(machine: Server, release: Path) -> None:
    """Once commands are the new release's, too."""

    def kill() -> None:
        # Its last step goes on without it, and is waited for.
        machine.sh(f"kill -9 $(pgrep -f '[s]tart upgrade {release} --watch 20')")

    cut_off(machine, release, lambda: machine.serving().count(NEXT) == 2, kill)


def test_one_that_was_killed_while_the_old_doors_stopped_goes_back_whole(machine, next_release):
    kill_at_its_end(machine, next_release)
    assert "work_mem" in machine.sh(POSTGRESQL)[1]
    machine.sh("systemctl disable kts-desk@blue; systemctl stop kts-desk@blue")
    machine.sh("kill -9 $(cat /run/know-the-signs/desk-green.pid)")
    code, said = machine.run("upgrade", str(next_release), "--watch", "1")
    assert code == 1
    assert "The desk door says nothing" in said
    assert NEXT not in machine.serving()
    assert machine.answer("/report/") == 200
    assert "desk-blue.sock" in sockets(machine)
    assert "green.sock" not in sockets(machine)
    assert machine.enabled() == doors("blue")
    assert "work_mem" not in machine.sh(POSTGRESQL)[1]
    asked = machine.sh("cat /run/know-the-signs/asked")[1]
    assert asked.rindex("reload nginx") > asked.rindex("reload postgresql")
    code, said = machine.run("upgrade", str(next_release), "--watch", "1")
    assert code == 0, said


def test_doors_that_nginx_passes_visitors_to_are_never_stopped(machine, next_release):
    """Red, and the old ones cannot start again: somebody deleted their release."""
    kill_at_its_end(machine, next_release)
    machine.sh("systemctl stop kts-desk@blue; rm -r /opt/know-the-signs/releases/0.9.0")
    machine.sh("kill -9 $(cat /run/know-the-signs/desk-green.pid)")
    code, said = machine.run("upgrade", str(next_release), "--watch", "1")
    assert code == 1, said
    assert NEXT in machine.serving()
    assert machine.answer("/report/") == 200
