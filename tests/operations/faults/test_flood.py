"""A flood from one network, at the real door with its two workers."""

from tests.networks import new_network
from tests.operations.faults.crowd import ask, post
from tests.running import RunningSite, kill

SET_ASIDE = "SELECT set_aside FROM tips_tip WHERE reference = ANY ('{%s}')"


def test_both_workers_count_as_one_and_one_that_is_killed_takes_no_count_with_it(
    site: RunningSite,
) -> None:
    source, stored, refused = new_network(), [], 0
    for number in range(65):
        if number in (5, 40):
            kill(site.workers().pop())
        answer = post(site, source=source, what_happened=f"Junk {number}")
        stored += [answer.reference] if answer.reference else []
        refused += answer.status == 429
    assert (len(stored), refused) == (60, 5)
    assert sorted(ask(site, SET_ASIDE % ",".join(stored))) == [0] * 10 + [2] * 50
    assert post(site, source=source, what_happened="Junk", relation="self").reference
    assert post(site, what_happened="They are watched.").reference
