"""One tip from both sides, with words that stand nowhere else."""

from dataclasses import dataclass

from tests.attacks.visitor import Answer, Clerk, Visitor
from tests.running import RunningSite
from tips.crypto import receipts

WORDS = "They keep her passport in a biscuit tin."
NAME = "Marguerite Duboulay"
NUMBER = "758 555 0147"
ANSWER = "We saw the tin. Thank you."


@dataclass
class Told:
    """Who works at that desk, and what a citizen keeps."""

    boss: Clerk
    officer: Clerk
    leaver: Clerk
    reference: str
    code: str


def walked(site: RunningSite) -> Told:
    """A supervisor and two officers; a tip with a name and a number, read and answered."""
    boss = Clerk(site.desk_url, *site.first["account"], Visitor())
    boss.set_up()
    boss.log_in()
    officer, leaver = (hired(boss, name) for name in ("worker", "leaver"))
    reference, code = told_by_citizen(site)
    tip = officer.finds(reference)
    assert WORDS in officer.get(tip).page
    for verb, fields in (("take", {}), ("reply", {"answer": ANSWER, "wait": "1"})):
        assert officer.verb(tip, verb, **fields).status == 303
    return Told(boss, officer, leaver, reference, code)


def hired(boss: Clerk, name: str) -> Clerk:
    """An officer, set up and logged in."""
    added = boss.send("/desk/tips/officer/add/", username=name, role="officer")
    account = added.all("Location")[0].removesuffix("change/")
    given = boss.send(f"{account}give-access/")
    clerk = Clerk(boss.desk, name, given.output("one-time-passphrase"), Visitor())
    clerk.set_up()
    clerk.log_in()
    return clerk


def told_by_citizen(site: RunningSite) -> tuple[str, str]:
    """Reference and code of a tip."""
    answer = Visitor().send(
        f"{site.url}/report/",
        what_happened=WORDS,
        people_harmed=NAME,
        vehicles_phones_online=NUMBER,
        submission=receipts.new_idempotency_key(),
    )
    return answer.output("reference"), answer.output("receipt-code")


def moved(clerk: Clerk, site: RunningSite) -> Clerk:
    """The same person, with what they know, before the desk of another machine."""
    other = Clerk(site.desk_url, clerk.username, clerk.words, Visitor())
    other.totp = clerk.totp
    return other


def follow_up(site: RunningSite, code: str) -> Answer:
    """What the citizen's code shows there."""
    return Visitor().send(f"{site.url}/follow-up/", code=code)
