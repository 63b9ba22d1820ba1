"""What stands in red on every page of the desk until somebody has seen to it."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from slu_antitrafficking import is_by_starter
from tips.access import desk_keys, pairs
from tips.admin import pages
from tips.crypto import active_key

FALSE = "false_keys"  # of the session: what was found at the log-in, or since


def look_for_false_keys(request: HttpRequest) -> None:
    """Looks for keys that nobody at the desk made, with the secrets of this session."""
    held = pages.held_by(request)
    names = []
    for officer in pairs.false_pairs(held):
        pairs.tell_of_false_pair(officer)
        names.append(officer.username)
    found: dict[str, Any] = {"pairs": names}
    if held:
        judged = desk_keys.judge_newer(held)
        found["desk_keys"] = len(judged.false)
        found["old_desk_key"] = desk_keys.old_one_came_back(judged)
    if any(found.values()) or FALSE in request.session:
        request.session[FALSE] = found


def context(request: HttpRequest) -> dict[str, Any]:
    """The context of `desk/_red_lines.html`, which stands on every page."""
    found = request.session.get(FALSE, {})
    files = (settings.FIRST_SUPERVISOR_FILE, settings.RECOVERY_SHEETS_FILE)
    return {
        "sheets_on_disk": any(is_by_starter(file) for file in files),
        "sheets_missing": not settings.ON_LOOPBACK and not active_key.are_sheets_confirmed(),
        "false_pairs": found.get("pairs", ()),
        "false_desk_keys": found.get("desk_keys", 0),
        "old_desk_key": found.get("old_desk_key", False),
    }
