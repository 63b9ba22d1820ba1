"""Whatever dies while tips are being sent: every acknowledged tip is there, exactly once."""

from tests.operations.faults.crowd import Crowd, each_once
from tests.running import kill, until


def some(crowd: Crowd, more: int = 15) -> None:
    """Returns when so many more tips were received."""
    enough = len(crowd.received) + more
    until(lambda: len(crowd.received) >= enough, 60, "tips received")


def test_a_killed_worker_loses_and_doubles_nothing(crowd: Crowd) -> None:
    with crowd:
        some(crowd)
        kill(crowd.site.workers().pop())
        some(crowd)
    each_once(crowd)


def test_a_killed_postgresql_loses_and_doubles_nothing(crowd: Crowd) -> None:
    with crowd:
        some(crowd)
        kill(crowd.site.postgres())
        some(crowd)
    each_once(crowd)


def test_a_killed_starter_loses_nothing_and_the_next_start_has_everything(crowd: Crowd) -> None:
    with crowd:
        some(crowd)
        crowd.site.kill()
    until(lambda: not crowd.site.processes(), 15, "every process gone")
    crowd.site.start()
    each_once(crowd)
    with crowd_again(crowd) as again:
        some(again)
    each_once(again)


def crowd_again(crowd: Crowd) -> Crowd:
    """The same people after the start."""
    return Crowd(crowd.site, received=dict(crowd.received))
