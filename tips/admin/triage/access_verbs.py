"""The verbs that say who may open a tip, what is kept from erasure and who is shown a photo."""

from typing import Any

from tips import actions
from tips.actions import Refused
from tips.admin.triage.verb import Field, OwnPage, Verb
from tips.models import Event, Officer, Tip

CONFIRM = "desk/confirm.html"
OUT_EVERYWHERE = "You are out of it everywhere: lists, counts, links, search and its own address."


def _before_restricting(tip: Tip, officer: Officer) -> dict[str, object]:
    loses = not officer.opens_restricted_tips
    return {
        "heading": "Restrict",
        "before": [
            "Supervisors alone list and open it from now on.",
            *([f"You lose it at once. {OUT_EVERYWHERE}"] if loses else []),
            *_before_losing_the_owner(tip, officer, loses=loses),
            "A supervisor can lift the restriction.",
        ],
        "button": "Restrict it",
    }


def _before_lifting(tip: Tip, officer: Officer) -> dict[str, object]:
    return {
        "heading": "Lift the restriction of",
        "before": [
            "Every officer lists and opens it again, except those who know the people.",
            "A locked photo stays locked.",
        ],
        "reason": "Why officers may open it",
        "button": "Lift the restriction",
    }


def _before_recusing(tip: Tip, officer: Officer) -> dict[str, object]:
    mine = tip.owner_id == officer.pk and tip.is_open
    is_last = not tip.who_open().exclude(pk=officer.pk).exists()
    return {
        "heading": "I know the people of",
        "before": [
            *([actions.LAST_ONE] if is_last else []),
            f"{OUT_EVERYWHERE} Colleagues go on with it.",
            *(["You have it: it is given back to nobody, and it alarms."] if mine else []),
            "You give no reason. Only a supervisor lets you in again, and says why.",
            "What you know of these people may help: tell a colleague, or write a note before.",
        ],
        "button": "I know these people",
    }


def _before_readmitting(tip: Tip, officer: Officer) -> dict[str, object]:
    names = tip.recusals.order_by("officer__username").values_list("officer__username", flat=True)
    return {
        "heading": "Let somebody in again to",
        "before": ["They said that they know the people of this tip, and are out of it."],
        "choices": ("who", "Who", [(name, name) for name in names]),
        "reason": "Why they may open it",
        "button": "Let in again",
    }


def _before_holding(tip: Tip, officer: Officer) -> dict[str, object]:
    return {
        "heading": "Hold",
        "before": [
            "Marks the tip as one to be kept, as for a court. Its page says so, with your name.",
            "Nothing erases tips yet, so today this stops nothing.",
            "A supervisor ends it.",
        ],
        "reason": "Why it must be kept",
        "button": "Hold it",
    }


def _before_releasing(tip: Tip, officer: Officer) -> dict[str, object]:
    return {
        "heading": "End the hold of",
        "before": [f"{tip.held_by or 'Nobody'} holds it."],
        "reason": "Why it need not be kept any more",
        "button": "End the hold",
    }


def _number(typed: str) -> int:
    if not (typed.isascii() and typed.isdecimal() and len(typed) < len("10000")):
        raise Refused("Choose a photo; nothing was changed.")
    return int(typed)


def _known(name: str) -> Officer | None:
    return Officer.objects.filter(username=name).first()


def _lock_photo(*, tip: Tip, number: int, **more: Any) -> str:
    if actions.lock_photo(tip=tip, number=number, **more):
        return f"Photo {number} of {tip} is locked. The tip is restricted and held."
    return (
        f"Photo {number} of {tip} is locked and the tip is held. Every supervisor is out of this"
        " tip, so it is not restricted, and nobody is shown the photo."
    )


def _before_unlocking(tip: Tip, officer: Officer) -> dict[str, object]:
    locked = tip.photos.filter(locked_at__isnull=False).values_list("number", flat=True)
    return {
        "heading": "Unlock a photo of",
        "before": [
            "Whoever can open the tip is shown the photo again.",
            "The tip stays restricted and held until a supervisor ends that too.",
        ],
        "choices": (
            "to_unlock",
            "Photo",
            [(str(n), f"Photo {n}") for n in locked.order_by("number")],
        ),
        "reason": "Why it may be shown again",
        "button": "Unlock the photo",
    }


def _before_losing_the_owner(tip: Tip, officer: Officer, *, loses: bool) -> list[str]:
    if tip.owner is None or not tip.is_open or tip.owner.opens_restricted_tips:
        return []
    who = "You have" if loses and tip.owner == officer else f"{tip.owner} has"
    return [f"{who} it: it is given back to nobody, and it alarms."]


def _not_restricted(tip: Tip, officer: Officer) -> bool:
    return not tip.restricted


def _may_lift(tip: Tip, officer: Officer) -> bool:
    return officer.is_supervisor and tip.restricted


def _may_readmit(tip: Tip, officer: Officer) -> bool:
    return officer.is_supervisor and tip.recusals.exists()


def _not_held(tip: Tip, officer: Officer) -> bool:
    return not tip.held_by


def _may_release(tip: Tip, officer: Officer) -> bool:
    return officer.is_supervisor and bool(tip.held_by)


def _may_unlock(tip: Tip, officer: Officer) -> bool:
    return officer.is_supervisor and tip.photos.filter(locked_at__isnull=False).exists()


REASON = Field("reason", "Why", "reason")
WHO = Field("who", "Officer", "who", _known, is_kept=False)
ACCESS_VERBS = (
    Verb(
        *("recuse", "I know these people", Event.Verb.RECUSED, actions.recuse),
        done="You are out of {tip}.",
        own_page=OwnPage(CONFIRM, _before_recusing),
        is_rare=True,
    ),
    Verb(
        *("readmit", "Let in again", Event.Verb.READMITTED, actions.readmit),
        done="{who} can open it again.",
        fields=(WHO, REASON),
        is_offered=_may_readmit,
        own_page=OwnPage(CONFIRM, _before_readmitting),
        is_rare=True,
    ),
    Verb(
        *("restrict", "Restrict", Event.Verb.RESTRICTED, actions.restrict),
        done="{tip} is restricted: supervisors alone list and open it.",
        is_offered=_not_restricted,
        own_page=OwnPage(CONFIRM, _before_restricting),
        is_rare=True,
    ),
    Verb(
        *("unrestrict", "Lift restriction", Event.Verb.UNRESTRICTED, actions.unrestrict),
        done="Officers list and open it again.",
        fields=(REASON,),
        is_offered=_may_lift,
        own_page=OwnPage(CONFIRM, _before_lifting),
        is_rare=True,
    ),
    Verb(
        *("hold", "Hold", Event.Verb.HELD, actions.hold),
        done="It is marked as held.",
        fields=(REASON,),
        is_offered=_not_held,
        own_page=OwnPage(CONFIRM, _before_holding),
        is_rare=True,
    ),
    Verb(
        *("release", "End the hold", Event.Verb.RELEASED, actions.release),
        done="It is not held any more.",
        fields=(REASON,),
        is_offered=_may_release,
        own_page=OwnPage(CONFIRM, _before_releasing),
        is_rare=True,
    ),
    Verb(
        *("lock_photo", "Lock photo", Event.Verb.PHOTO_LOCKED, _lock_photo),
        fields=(Field("to_lock", "Photo", "number", _number, is_kept=False),),
        section="#h-photos",
    ),
    Verb(
        *("unlock_photo", "Unlock photo", Event.Verb.PHOTO_UNLOCKED, actions.unlock_photo),
        done="Photo {number} is not locked any more. What else was done stays as it is.",
        fields=(Field("to_unlock", "Photo", "number", _number, is_kept=False), REASON),
        section="#h-photos",
        is_offered=_may_unlock,
        own_page=OwnPage(CONFIRM, _before_unlocking),
        is_rare=True,
    ),
)
