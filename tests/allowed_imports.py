"""Who may import whom: every module of the house and every arrow, in one exact table.

tests/test_arrows.py holds the code to it.
"""

from typing import NamedTuple


class Room(NamedTuple):
    """The modules of a package, or some of them, and the rooms that they import from besides."""

    modules: str
    arrows: str
    package: str = ""  # as the room itself is called


# From what leans on nothing to what leans on all. A module or an arrow that is not here fails.
HOUSE = {
    # What everybody may lean on, and leans on nobody.
    "base": Room(
        "addresses_meant ages bodies change_lists database_deadline disk_space env known_migrations"
        " networks own_faults photo_worker picture_parts refusal retention_periods roles sandbox"
        " postgresql.base seccomp ttl_cache unsent",
        "",
        "slu_antitrafficking",
    ),
    "tips.models": Room(
        "calls desk event mail message outcomes queue_order recusal references short_lived tip"
        " tip_indexes tip_queries turns upkeep vocabulary",
        "",
    ),
    "tips.crypto": Room(
        "active_key associated_data attestations base32 data_keys key_grants passphrases receipts"
        " recovery_sheets sealing wraps backup_keys",
        "base tips.models",
    ),
    "tips.search": Room(
        "folding likeness marks opened terms words",
        "tips.crypto tips.models",
    ),
    "tips.actions": Room(
        "alike change citizen closing columns copies intake opening owners restricting searching"
        " tip_trail triage undoing words",
        "base campaign tips.crypto tips.models tips.search",
    ),
    "tips.access": Room(
        "accounts authentication backend desk_keys mails pairs recovery restored sessions"
        " sheet_files throttle",
        "base tips.actions tips.crypto tips.models",
    ),
    "tips.alarms": Room(
        "health ladder morning outbox planning recipients sending words",
        "campaign tips.models",
    ),
    "tips.database": Room("catalog expanding patience rights role_rights rows", "base"),
    "tips.housekeeping": Room(
        "arrival_traces backups boxes_and_sessions counters lock_limit rewriting self_check",
        "base tips.access tips.crypto tips.database tips.models",
    ),
    "tips.public": Room(
        "conversation count_min_sketch desk_reading fields follow_up_forms follow_up_views forms"
        " layout limits pages photo_results photos prerendered same_origin spelling_alphabet"
        " uploads urls views",
        "base campaign tips.actions tips.crypto tips.models",
    ),
    "tips.templatetags": Room("desk trail", "tips.crypto tips.models"),
    "tips.admin": Room(
        "alarms dashboard drafts pages police_unit red_lines site too_large urgent watched"
        " accounts.csrf accounts.log_out accounts.login accounts.officers accounts.recovery_sheets"
        " accounts.losses accounts.set_up"
        " oversight.answers oversight.questions oversight.sentences oversight.trail"
        " triage.access_verbs triage.call_counts triage.call_form"
        " triage.detail triage.filters triage.find_form triage.finding triage.intake triage.leaving"
        " triage.list_places triage.listing triage.pile triage.pile_views triage.queue"
        " triage.repeats triage.search_return triage.sentences triage.unsent triage.verb"
        " triage.verb_views triage.verbs",
        "base campaign tips tips.access tips.actions tips.alarms tips.crypto tips.models"
        " tips.public tips.search tips.templatetags",
    ),
    "tips.demo": Room(
        "backdating casework drawings history marks office people stories",
        "base campaign tips.access tips.actions tips.crypto tips.models tips.public",
    ),
    "tips.management": Room(
        "leavers replaced_command terminal typed_sheets commands.backup_recipient"
        " commands.load_rows commands.restore_tried commands.settle_restored"
        " commands.canary commands.changepassword commands.confirm_sheets commands.createsuperuser"
        " commands.doctor commands.expand commands.fill_demo commands.housekeeping commands.mail"
        " commands.migrate commands.prepare commands.print_sheets commands.recover"
        " commands.rotate_desk_key",
        "base tips tips.access tips.actions tips.alarms tips.crypto tips.database tips.demo"
        " tips.housekeeping tips.models tips.public",
    ),
    "tips": Room(
        "apps checks condition",
        "base tips.access tips.alarms tips.database tips.models tips.templatetags",
    ),
    # What a text, a number and an hour are; knows no table.
    "values": Room(
        "change_context counted_numbers entries hours item_content loaded pictograms"
        " scenes spoken_numbers text_rules wording",
        "base",
        "campaign",
    ),
    "campaign.models": Room(
        "contacts items office_hours pending pictures published texts", "values"
    ),
    "campaign": Room(
        "addresses changes desk_items due labels loading mails neighbours offers open_data"
        " picture_cutting picture_serving pleas preview printing public_holidays published release"
        " reply_sentences review screening second_person sharing snapshot snapshot_cache uploads"
        " urls views",
        "base campaign.models values",
    ),
    "campaign.admin": Room(
        "calendar comparing contacts desk filters items kinds milestones pending previews review"
        " form_content texts urls",
        "base campaign campaign.models values",
    ),
    "campaign.management": Room("commands.load_content commands.looked_at", "campaign"),
    "campaign.templatetags": Room("editors site", "campaign campaign.models values"),
    "assembly": Room(
        "apps context encodings gunicorn_conf logs mail_files microcache middleware"
        " public_urls recycling settings short_page slow_clients static_files urls views wsgi",
        "base campaign",
        "slu_antitrafficking",
    ),
    "slu_antitrafficking.formats": Room("en.formats", ""),
    "slu_antitrafficking.operations": Room(
        "archive asking backup doctor drill install.answers install.plan"
        " opened_backup point_in_time postgres_access push release replaced_installation restore"
        " restore_drill scratch sealed_files server shell store superuser typed_sheets units"
        " upgrade.plan upgrade.settling version walls",
        "base slu_antitrafficking.start tips.crypto tips.management",
    ),
    "slu_antitrafficking.start": Room(
        "__main__ console door_users fingerprints first_run manage options processes serve servers"
        " state system_packages unix_sockets usage venv"
        " dev.suite dev.translations"
        " postgres.cluster postgres.data_folder postgres.database postgres.programs",
        "base slu_antitrafficking.operations",
    ),
}

# Inside a package: each module, and which of those above it it leans on.
INSIDE = {
    "tips.alarms": {
        "ladder": "",
        "recipients": "",
        "words": "",
        "outbox": "",
        "health": "recipients",
        "morning": "outbox recipients words",
        "planning": "ladder morning outbox recipients words",
        "sending": "outbox words",
    },
    "tips.access": {
        "mails": "",
        "throttle": "",
        "sessions": "",
        "pairs": "mails",
        "backend": "pairs",
        "authentication": "pairs",
        "desk_keys": "mails pairs",
        "accounts": "authentication desk_keys mails pairs",
        "recovery": "authentication desk_keys pairs",
        "sheet_files": "recovery",
        "restored": "pairs recovery",
    },
    "tips.admin": {
        "pages": "",
        "police_unit": "",
        "red_lines": "pages",
        "triage.filters": "",
        "triage.listing": "triage.filters",
        "triage.list_places": "pages triage.listing",
        "triage.verb": "",
        "triage.access_verbs": "triage.verb",
        "triage.repeats": "",
        "triage.sentences": "triage.repeats",
        "triage.verbs": "triage.access_verbs triage.sentences triage.verb",
        "triage.unsent": "triage.verb triage.verbs",
        "triage.pile": "triage.filters",
        "triage.search_return": "",
        "triage.detail": "pages police_unit triage.list_places triage.pile triage.search_return"
        " triage.sentences triage.unsent triage.verb triage.verbs",
        "triage.leaving": "pages police_unit triage.verb",
        "triage.verb_views": "pages triage.detail triage.leaving triage.pile triage.repeats"
        " triage.search_return"
        " triage.unsent triage.verb triage.verbs",
        "triage.pile_views": "pages triage.detail triage.pile triage.verb_views triage.verbs",
        "triage.call_counts": "pages",
        "triage.call_form": "",
        "triage.intake": "pages triage.call_counts triage.call_form triage.detail",
        "triage.find_form": "",
        "triage.finding": "pages triage.find_form triage.search_return",
        "triage.queue": "pages triage.detail triage.finding triage.intake triage.leaving"
        " triage.list_places triage.listing triage.verb_views",
        "oversight.questions": "",
        "oversight.sentences": "",
        "oversight.answers": "oversight.questions oversight.sentences",
        "oversight.trail": "pages oversight.answers oversight.questions",
        "drafts": "pages triage.detail triage.intake triage.verb_views triage.verbs",
        "too_large": "drafts pages",
        "accounts.login": "drafts pages red_lines",
        "accounts.csrf": "accounts.login drafts pages",
        "accounts.log_out": "accounts.login pages",
        "accounts.recovery_sheets": "pages",
        "accounts.set_up": "accounts.login pages",
        "accounts.losses": "",
        "accounts.officers": "accounts.login accounts.losses pages red_lines",
        "urgent": "",
        "watched": "",
        "alarms": "pages urgent",
        "dashboard": "alarms pages police_unit triage.filters triage.listing urgent",
        "site": "accounts.log_out accounts.login accounts.officers"
        " accounts.recovery_sheets accounts.set_up"
        " alarms dashboard oversight.trail pages red_lines triage.pile_views triage.queue watched",
    },
}

# What else is asked of an arrow than that it is in the table.
INTERFACES = {
    ("tips", "campaign"): {"campaign.offers"},
    ("slu_antitrafficking", "campaign"): {
        "campaign.addresses",
        "campaign.offers",
        "campaign.picture_serving",
    },
    # The demonstration fills the citizen's own form, draws what the photo worker reads, and reads
    # answers as their page does.
    ("tips.demo", "tips.public"): {
        "tips.public.conversation",
        "tips.public.forms",
        "tips.public.photos",
    },
    # The desk asks the citizen's own questions, and takes pictures through the same cleaner.
    ("tips.admin", "tips.public"): {
        "tips.public.fields",
        "tips.public.forms",
        "tips.public.photo_results",
        "tips.public.spelling_alphabet",
        "tips.public.uploads",
    },
    # Loads no Django.
    ("slu_antitrafficking.operations", "tips.management"): {"tips.management.typed_sheets"},
    ("tips.housekeeping", "tips.access"): {"tips.access.mails", "tips.access.pairs"},
    # Triage knows nothing of accounts and keys; the log-in knows them.
    ("tips.admin.triage", "tips.access"): set(),
    # The public door reaches tips by functions of the database; of the models it has the choices.
    ("tips.public", "tips.models"): {"tips.models.references", "tips.models.vocabulary"},
}

LIBRARIES = {
    "cryptography": {"tips.crypto.sealing", "tips.crypto.wraps"},
    "shamir_mnemonic": {"tips.crypto.recovery_sheets"},
    "PIL": {"slu_antitrafficking.photo_worker", "tips.demo.drawings"},
    "pillow_heif": {"slu_antitrafficking.photo_worker"},
    "markdown_it": {"campaign.text_rules", "campaign.wording"},
}
