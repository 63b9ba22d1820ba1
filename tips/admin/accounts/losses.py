"""What happens to whom when somebody loses access, said before it is done."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q

from tips.models import Officer, Tip, TipQuerySet, Turn

# How the tips stand now that will be nobody's.
STANDS = {
    Turn.OWNER: "their turn",
    Turn.CITIZEN: "waiting for a citizen",
    Turn.AGENCY: "waiting for an agency",
    Turn.PARKED: "parked",
}
URGENT_SHOWN = 20


@dataclass(frozen=True)
class Losses:
    """Sentences, and the urgent tips among those that will be nobody's."""

    lines: list[str]
    urgent: list[Tip]


def of_deactivating(officer: Officer, by: Officer) -> Losses:
    """What *Deactivate* does to whoever has the account."""
    return _losses(_of(officer, by), by, ["Words, key and open sessions stop working at once."])


def of_new_access(officer: Officer, by: Officer) -> Losses:
    """What *Give access* does to whoever has some."""
    told = Officer.objects.mailed_supervisors().exclude(email=by.email)
    names = ", ".join(told.order_by("username").values_list("username", flat=True))
    mailed = names if settings.MAIL_LEAVES else ""
    return _losses(
        _of(officer, by),
        by,
        [
            "Their old words, their key and their open sessions stop working at once. They open no"
            " tip until they have set up the new words.",
            f"Told by mail that access was given, without a name: {mailed or 'nobody'}.",
        ],
    )


def of_role(officer: Officer, role: str, by: Officer) -> Losses | None:
    """What another role takes away; None where it takes nothing."""
    after = Officer(role=role)
    loses_key = officer.opens_tips and not after.opens_tips
    if not loses_key and not (officer.is_supervisor and not after.is_supervisor):
        return None
    rows = _of(officer, by)
    if loses_key:
        what = "They open no tip any more: their key and their open sessions are gone at once."
    else:
        rows = rows.filter(restricted=True)
        what = "They open no restricted tip and no account any more; their sessions end at once."
    return _losses(rows, by, [what])


def _of(officer: Officer, by: Officer) -> TipQuerySet:
    """The open tips of that officer that whoever asks may open."""
    rows: TipQuerySet = Tip.objects.visible_to(by).open().filter(owner=officer).with_turn()
    return rows


def _losses(rows: TipQuerySet, by: Officer, lines: Iterable[str]) -> Losses:
    of_each = {f"n_{turn}": Count("pk", filter=Q(turn=turn)) for turn in STANDS}
    found = rows.order_by().aggregate(**of_each)
    urgent = rows.filter(urgency=Tip.Urgency.DANGER).without_blobs().order_by("turn_since", "pk")
    said = [*lines, _back({turn: found[f"n_{turn}"] for turn in STANDS})]
    if by.recusals.exists():
        said.append("Tips that you are out of are not counted here; they go back as well.")
    if urgent.exists():
        said.append(_alarm())
    return Losses(said, list(urgent[:URGENT_SHOWN]))


def _back(counts: dict[Turn, int]) -> str:
    total = sum(counts.values())
    if not total:
        return "No open tip is theirs."
    how = ", ".join(f"{counts[turn]} {words}" for turn, words in STANDS.items() if counts[turn])
    tips = "tip goes" if total == 1 else "tips go"
    return f"{total} open {tips} back to To take: {how}."


def _alarm() -> str:
    if not settings.MAIL_LEAVES:
        return "Urgent ones alarm at once on Start; nobody is mailed, for no mail leaves here."
    return "Urgent ones alarm at once: the desk and whoever is on duty are mailed within minutes."
