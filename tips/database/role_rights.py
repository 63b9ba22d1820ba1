"""What each role of the database may do: tables, columns and functions, written down once."""

from collections.abc import Mapping

# By name, for every signature of this release: who may call it. Others are called by these alone.
MAY_CALL = {
    "receive_tip": ("public",),
    "receive_message": ("public",),
    "receipt_kept": ("public",),
    "follow_up": ("public",),
    "tip_stage": ("public",),
    "desk_is_silent": ("public",),
    "remove_reply": ("public",),
    "codes_among": ("public", "desk"),
    "receive_call": ("desk",),
    "complete_call": ("desk",),
    "ring_first_tips": ("desk",),
    "rotate_desk_key": ("desk",),
    "retire_false_desk_key": ("desk",),
    "confirm_sheets": ("desk",),
}
# Full signatures that the release before this one called and this one does not have, with who
# called them: its processes go on while the new ones start. Before the first release was none.
BEFORE: Mapping[str, tuple[str, ...]] = {}

Rights = Mapping[str, tuple[str, ...]]
# By table; columns in brackets narrow a right to them.
# What the site's pages are made of: published items with their texts, by views, and office hours.
CAMPAIGN_VIEWS: Rights = {
    "campaign_published": ("SELECT",),
    "campaign_published_picture": ("SELECT",),
}
CAMPAIGN_PAGES: Rights = {
    **CAMPAIGN_VIEWS,
    "campaign_openinghours": ("SELECT (day, opens, closes)",),
    "campaign_closure": ("SELECT (first_day, last_day)",),
}
PUBLIC_MAY: Rights = {
    "django_migrations": ("SELECT",),
    "tips_deskkey": (
        "SELECT (kid, public, created_at, activated_at, retired_at, sheets_confirmed_at)",
    ),
}
DESK_MAY: Rights = {
    "django_migrations": ("SELECT",),
    "django_content_type": ("SELECT",),
    "django_admin_log": ("SELECT", "INSERT"),
    "tips_officer": (
        "SELECT",
        "INSERT",
        "UPDATE (username, role, is_active, last_login, email, reads)",
    ),
    "tips_officerkey": (
        "SELECT",
        "INSERT",
        "UPDATE (totp_last, wrong_digits, wrong_digits_since)",
        "DELETE",
    ),
    "tips_deskkey": ("SELECT",),
    "tips_deskkeygrant": ("SELECT", "INSERT", "DELETE"),
    "tips_desksession": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "tips_tip": (
        "SELECT",
        "UPDATE (status, outcome, owner_id, urgency, turn_since, turn_until, turn_cause,"
        " restricted, set_aside, closed_on, hours_to_open, hours_to_take, hours_to_close,"
        " held_by, held_at)",
    ),
    "tips_alarm": ("SELECT", "INSERT", "UPDATE (urgent, since, step, due_at)", "DELETE"),
    # It adds mails, and reads all but the bodies.
    "tips_mail": (
        "SELECT (id, kind, recipient, made_at, due_at, tries, failed, sent_at, test)",
        "INSERT",
    ),
    "tips_morningdigits": ("SELECT",),
    "tips_message": ("SELECT", "INSERT"),
    "tips_photo": ("SELECT", "INSERT", "UPDATE (locked_at)"),
    "tips_recusal": ("SELECT", "INSERT", "DELETE"),
    "tips_callwithouttip": ("SELECT", "INSERT", "UPDATE (count)"),
    "tips_note": ("SELECT", "INSERT"),
    "tips_tiplink": ("SELECT", "INSERT", "DELETE"),
    "tips_event": ("SELECT", "INSERT"),
    "tips_upkeep": ("SELECT",),
}
# What the functions need; their role cannot log in.
FUNCTIONS_MAY: Rights = {
    "tips_officer": ("SELECT",),
    "tips_officerkey": ("SELECT", "UPDATE (attestation)"),
    "tips_deskkey": ("SELECT", "INSERT", "UPDATE (retired_at, sheets_confirmed_at)"),
    "tips_deskkeygrant": ("INSERT",),
    "tips_tip": (
        "SELECT",
        "INSERT",
        "UPDATE (status, outcome, closed_on, turn_since, turn_until, turn_cause, set_aside, sealed,"
        " district, signs, types, danger, under_18, for_self, restricted, language, urgency)",
    ),
    "tips_box": ("SELECT", "INSERT", "DELETE"),
    "tips_alarm": ("SELECT", "INSERT", "UPDATE (urgent, since, step, due_at)"),
    "tips_message": ("SELECT", "INSERT", "UPDATE (for_citizen, shown_at)"),
    "tips_photo": ("SELECT", "INSERT"),
    "tips_tiplink": ("SELECT",),
    "tips_recusal": ("SELECT",),
    "tips_event": ("SELECT", "INSERT"),
}
# What planning and sending needs: of tips which wait and who may open them, and no word.
MAIL_MAY: Rights = {
    "tips_officer": ("SELECT (email, role, is_active)",),
    "tips_tip": ("SELECT (id, status, owner_id, set_aside, restricted)",),
    "tips_recusal": ("SELECT (tip_id)",),
    "tips_event": ("SELECT (id, at, verb)",),
    "tips_alarm": ("SELECT", "UPDATE (step, due_at)", "DELETE"),
    "tips_mail": (
        "SELECT",
        "INSERT",
        "UPDATE (id, body, made_at, due_at, tries, failed, sent_at)",
        "DELETE",
    ),
    "tips_morningdigits": ("SELECT", "INSERT", "DELETE"),
    "tips_upkeep": ("SELECT", "INSERT", "UPDATE (done_at)"),
}
# What erasing a tip needs; the functions that do it come later and will be its only owner's.
ERASER_MAY: Rights = {
    "tips_tip": (
        "SELECT",
        "UPDATE (reference, received_at, signs, danger, under_18, for_self, language, lookup_id,"
        " citizen_key, content_digest, page_digest, sealed)",
    ),
    "tips_box": ("SELECT", "DELETE"),
    "tips_alarm": ("SELECT", "DELETE"),
    "tips_message": ("SELECT", "DELETE"),
    "tips_photo": ("SELECT", "DELETE"),
    "tips_note": ("SELECT", "DELETE"),
    "tips_tiplink": ("SELECT", "DELETE"),
    "tips_recusal": ("SELECT", "DELETE"),
    "tips_event": ("SELECT", "INSERT", "UPDATE (reason)"),
}
