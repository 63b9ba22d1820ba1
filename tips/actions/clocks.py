"""How long a tip has waited, in whole hours, as the database counts them."""

from typing import Any

from django.db.models import Func, PositiveSmallIntegerField


def hours_since_arrival() -> Any:
    """Whole hours since `received_at`; at most what a smallint holds, three and a half years."""
    return Func(
        "received_at",
        template="least(floor(extract(epoch FROM now() - %(expressions)s) / 3600), 32767)"
        "::smallint",
        output_field=PositiveSmallIntegerField(),
    )
