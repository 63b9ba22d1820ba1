"""./run install of a release on a booted Debian: the real units, nginx, PostgreSQL and a reboot.

It takes half an hour, most of it to build two machines: ./run audit tests/audit/install.
"""

import re

import pytest

from slu_antitrafficking.operations import server
from tests.attacks.visitor import Clerk
from tests.audit.install.booted_machine import BootedMachine
from tests.audit.install.installed import INSTALL, MAIL_PORT, SITE, Installed, answers
from tests.operations.sandbox import kinds
from tests.running import until
from tips.crypto import receipts

pytestmark = pytest.mark.audit
WORDS = "They keep her passport in the office."
AT_MOST = 600  # seconds, without the time to download
RUNNING = "systemctl list-units --plain --no-legend nginx.service 'postgresql@*' | cut -d ' ' -f 1"
WORST = 1.5  # what systemd-analyze says of how far a unit is open, from 0 to 10


def test_over_a_pipe_it_is_refused_before_anything_is_changed(machine: BootedMachine) -> None:
    code, said = machine.call(INSTALL)
    assert code == 1
    assert "to no pipe or file: start it at one (ssh -t)." in said
    assert not (machine.root / "opt/know-the-signs").exists()


@pytest.mark.parametrize("openly", ["chmod 644", "chmod 640", "chown www-data"])
def test_a_key_that_others_can_read_is_refused(machine: BootedMachine, openly: str) -> None:
    machine.must(f"rm -f open.key && cp site.key open.key && {openly} open.key")
    code, said = machine.at_a_terminal(INSTALL.replace("site.key", "open.key"), answers())
    assert code == 1
    assert "/root/open.key can be read by others than root" in said
    assert not (machine.root / "opt/know-the-signs").exists()


def test_without_a_yes_nothing_is_changed(machine: BootedMachine) -> None:
    def answer(new: str) -> str | None:
        return "no" if new.endswith("Type yes: ") else None

    code, said = machine.at_a_terminal(INSTALL.replace(" --yes", ""), answer)
    assert (code, said.splitlines()[-1]) == (1, "Nothing was changed.")
    assert not (machine.root / "opt/know-the-signs").exists()


def test_it_is_done_in_ten_minutes_though_it_was_killed(installed: Installed) -> None:
    print(f"{installed.seconds:.0f} s")
    assert installed.seconds < AT_MOST


def test_a_tip_with_photos_arrives_and_is_answered(installed: Installed, boss: Clerk) -> None:
    citizen = installed.visitor()
    key = receipts.new_idempotency_key()
    receipt = citizen.send(f"{SITE}/report/", what_happened=WORDS, submission=key)
    code = receipt.output("receipt-code")
    photos = {"one.jpg": kinds.jpeg(), "two.heic": kinds.heic("RGB", None)}
    fields = {"code": code, "submission": receipts.new_idempotency_key()}
    assert "2 photos" in citizen.upload(f"{SITE}/follow-up/", photos, **fields).page
    tip = boss.finds(receipt.output("reference"))
    assert WORDS in boss.get(tip).page
    assert boss.verb(tip, "take").status == 303
    assert boss.verb(tip, "reply", answer="We are there.", wait="1").status == 303
    answer = citizen.send(f"{SITE}/follow-up/", code=code)
    assert "We are there." in answer.page


def test_nothing_listens_but_nginx_on_two_ports(installed: Installed) -> None:
    listening = installed.machine.must("ss -Htulnp").splitlines()
    found = {
        (line.split()[4].rsplit(":", 1)[1], re.search(r'"(.+?)"', line)[1]) for line in listening
    }
    assert found - {(str(MAIL_PORT), "python3")} == {("80", "nginx"), ("443", "nginx")}


def openness(machine: BootedMachine, unit: str) -> float:
    """What systemd-analyze says of this unit, which is also printed."""
    said = machine.must(f"systemd-analyze security --no-pager {unit} | tail -1")
    score = float(re.search(r": ([\d.]+)", said)[1])
    print(f"{score} {unit}")
    return score


def test_every_unit_of_ours_is_closed(installed: Installed) -> None:
    machine = installed.machine
    units = machine.must("cd /etc/systemd/system && ls kts-*.service").split()
    assert len(units) >= 5
    for unit in units:
        assert openness(machine, unit.replace("@", "@blue")) <= WORST, unit
    for debians in machine.must(RUNNING).splitlines():
        openness(machine, debians)


def test_no_secret_can_be_read_by_another_user(installed: Installed) -> None:
    lines = installed.machine.must("cat /etc/know-the-signs/*.env").splitlines()
    secrets = [line.split("=", 1)[1] for line in lines if line.startswith("SECRET_KEY=")]
    assert len(set(secrets)) == len(secrets) == 3
    pattern = "\\|".join(secrets)
    read = "runuser -u nobody -- grep -rsl --exclude-dir=proc --exclude-dir=sys"
    code, said = installed.machine.call(f"cd /; {read} '{pattern}' etc opt var run root home tmp")
    assert (code, said) in ((1, ""), (2, "")), said
    for line in ("cat /etc/know-the-signs/common.env", "ls /var/lib/know-the-signs/first-start"):
        for user in ("kts-public", "kts-desk", "kts-mail", "www-data"):
            assert installed.machine.call(f"runuser -u {user} -- {line}")[0] != 0
    assert not list((installed.machine.root / "var/lib/know-the-signs/first-start").iterdir())


def test_each_part_is_let_into_the_database_as_itself_alone(installed: Installed) -> None:
    for user in server.USERS:
        for role in server.USERS.values():
            ask = f"psql -Atd {server.DATABASE} -U {role} -c 'SELECT current_user'"
            code, said = installed.machine.call(f"cd /; runuser -u {user} -- {ask}")
            if role == server.USERS[user]:
                assert (code, said) == (0, f"{role}\n")
            else:
                assert code != 0
    assert installed.machine.call(f"cd /; runuser -u nobody -- psql {server.DATABASE}")[0] != 0


def test_a_sealed_backup_is_made_to_the_sheets_that_were_shown(installed: Installed) -> None:
    recipient = installed.machine.root / "etc/know-the-signs/backup-recipient.txt"
    assert recipient.read_text().startswith("age1")
    assert recipient.stat().st_mode & 0o777 == 0o644
    installed.machine.must("systemctl start kts-backup.service")
    made = [*installed.machine.root.glob("var/spool/know-the-signs/dumps/*.age")]
    assert [file.read_bytes()[:21] for file in made] == [b"age-encryption.org/v1"]
    # PostgreSQL's user ran it, and PostgreSQL goes on.
    ask = f"psql -Atd {server.DATABASE} -c 'SELECT count(*) FROM tips_deskkey'"
    assert installed.machine.must(f"cd /; runuser -u postgres -- {ask}") == "1\n"
    assert installed.is_well()


def test_it_may_be_run_again(installed: Installed) -> None:
    machine = installed.machine
    kept = "sha256sum /etc/know-the-signs/*.env /etc/postgresql/*/main/pg_*.conf /etc/nginx/*.conf"
    before = machine.must(kept)
    machine.must("echo '# by hand' >> /etc/nginx/nginx.conf")
    code, said = machine.at_a_terminal(INSTALL, answers())
    assert code == 0, said
    assert "recovery-1" not in said[said.index("   0.0 s") :]
    assert machine.must(kept) == before
    machine.must("grep -qx '# by hand' /etc/nginx/nginx.conf.replaced")
    assert installed.is_well()


def test_a_killed_database_and_a_killed_nginx_come_back(installed: Installed) -> None:
    for name in ("postgres", "nginx"):
        installed.machine.must(f"kill -9 $(pgrep -xo {name})")
        until(installed.is_well, 60, f"{name} again")


@pytest.mark.parametrize("unit", ["kts-public@blue", "kts-desk@blue", "kts-mail"])
def test_a_killed_unit_of_ours_comes_back(installed: Installed, unit: str) -> None:
    machine = installed.machine
    machine.must(f"systemctl kill --signal=KILL {unit}")
    started = f"systemctl show --property=NRestarts --value {unit} && systemctl is-active {unit}"
    until(lambda: machine.call(started) == (0, "1\nactive\n"), 60, f"{unit} again")
    until(installed.is_well, 60, "both doors")


def test_after_a_reboot_all_is_up_by_itself(installed: Installed) -> None:
    machine = installed.machine
    machine.stop()
    # When a table was used last, and so when a tip came.
    assert not [*machine.root.glob("var/lib/postgresql/*/main/pg_stat/*")]
    machine.boot()
    until(installed.is_well, 60, "the site after a reboot")
    tidied = machine.must("journalctl --boot=-1 --unit=kts-tidy --output=cat")
    # Not "Failed" alone: while a machine stops, its journal may refuse what the step says.
    assert "Failed with result" not in tidied
    # What follows is how long it took, which systemd says in no fixed order.
    assert re.search("^Stopped kts-tidy.service", tidied, re.M)
    assert machine.call("systemctl --failed --no-legend") == (0, "")
    upkeep = "SELECT count(*) FROM tips_upkeep WHERE name = 'Mail process'"
    ask = f'cd /; runuser -u postgres -- psql -Atd {server.DATABASE} -c "{upkeep}"'
    until(lambda: machine.must(ask) == "1\n", 60, "the mail process")
