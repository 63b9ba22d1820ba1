"""Whether the desk knows which unit of the police is telephoned about a locked photo."""

from typing import Any

from django.urls import reverse

from campaign import offers

LINE = "locked-photo"  # the editors' text, a line of the desk's


def context() -> dict[str, Any]:
    """The context of `desk/_police_unit.html`: red until an editor has changed the text."""
    line = offers.desk_line(LINE)
    return {
        "locked_photo": line,
        "police_unit_unnamed": not line or offers.is_as_released(LINE),
        "police_unit_texts": reverse("admin:campaign_phrase_changelist"),
    }
