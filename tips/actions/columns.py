"""What the verbs write into a tip's clear columns."""

from datetime import UTC, timedelta
from typing import Any

from django.db.models import Case, F, Func, PositiveSmallIntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Now, TruncMinute
from django.utils import timezone

from tips.models import WRITTEN_TO, Officer, Tip

ANSWER_WITHIN = timedelta(days=14)  # then a silent citizen's tip is its owner's turn again


def hours_since_arrival() -> Any:
    """Whole hours since `received_at`; at most what a smallint holds, three and a half years."""
    return Func(
        "received_at",
        template="least(floor(extract(epoch FROM now() - %(expressions)s) / 3600), 32767)"
        "::smallint",
        output_field=PositiveSmallIntegerField(),
    )


def hours_once(column: str) -> Any:
    """The hours since arrival, where the column does not hold some already."""
    return Coalesce(F(column), hours_since_arrival())


def turn_columns_now(cause: str) -> dict[str, Any]:
    """The columns of a tip that is its owner's turn, or nobody's yet, from now on."""
    return {
        "status": Tip.Status.ACTIVE,
        "turn_since": TruncMinute(Now(), tzinfo=UTC),  # else that of our clocks, four hours ago
        "turn_until": None,
        "turn_cause": cause,
    }


def asked_columns() -> dict[str, Any]:
    """The columns of a tip that waits for its citizen."""
    until = timezone.localdate() + ANSWER_WITHIN
    return turn_columns_now(Tip.Cause.ASKED) | {"status": Tip.Status.ASKED, "turn_until": until}


def owner_columns(owner: Officer, cause: str) -> dict[str, Any]:
    """The columns of a tip that this officer has from now on."""
    columns = {"owner": owner, "hours_to_take": hours_once("hours_to_take")}
    return turn_columns_now(cause) | columns


def unless_it_wrote(changes: dict[str, Any]) -> dict[str, Any]:
    """The same, but an answer that nobody dealt with stays one for whoever gets the tip."""
    answered = Q(turn_cause__in=WRITTEN_TO)
    kept = {
        name: Case(When(answered, then=F(name)), default=as_expression(changes[name]))
        for name in ("turn_cause", "turn_since")
    }
    return changes | kept


def as_expression(value: Any) -> Any:
    """The value as something that a Case can give."""
    return value if hasattr(value, "resolve_expression") else Value(value)
