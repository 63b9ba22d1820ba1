"""What each database role may do, written by hand."""

# Whole-table rights; the campaign's tables are edited at the desk, its views read by both doors.
MATRIX = {
    "public": {"django_migrations": "SELECT"},
    "desk": {
        "django_migrations": "SELECT",
        "django_content_type": "SELECT",
        "django_admin_log": "SELECT INSERT",
        "tips_officer": "SELECT INSERT",
        "tips_officerkey": "SELECT INSERT DELETE",
        "tips_deskkey": "SELECT",
        "tips_deskkeygrant": "SELECT INSERT DELETE",
        "tips_desksession": "SELECT INSERT UPDATE DELETE",
        "tips_tip": "SELECT",
        "tips_alarm": "SELECT INSERT DELETE",
        "tips_mail": "INSERT",
        "tips_morningdigits": "SELECT",
        "tips_message": "SELECT INSERT",
        "tips_photo": "SELECT INSERT",
        "tips_callwithouttip": "SELECT INSERT",
        "tips_note": "SELECT INSERT",
        "tips_tiplink": "SELECT INSERT DELETE",
        "tips_recusal": "SELECT INSERT DELETE",
        "tips_event": "SELECT INSERT",
        "tips_upkeep": "SELECT",
    },
    "functions": {
        "tips_officer": "SELECT",
        "tips_officerkey": "SELECT",
        "tips_deskkey": "SELECT INSERT",
        "tips_deskkeygrant": "INSERT",
        "tips_tip": "SELECT INSERT",
        "tips_box": "SELECT INSERT DELETE",
        "tips_alarm": "SELECT INSERT",
        "tips_message": "SELECT INSERT",
        "tips_photo": "SELECT INSERT",
        "tips_tiplink": "SELECT",
        "tips_recusal": "SELECT",
        "tips_event": "SELECT INSERT",
    },
    "eraser": {
        "tips_tip": "SELECT",
        "tips_box": "SELECT DELETE",
        "tips_alarm": "SELECT DELETE",
        "tips_message": "SELECT DELETE",
        "tips_photo": "SELECT DELETE",
        "tips_note": "SELECT DELETE",
        "tips_tiplink": "SELECT DELETE",
        "tips_recusal": "SELECT DELETE",
        "tips_event": "SELECT INSERT",
    },
    "mail": {
        "tips_alarm": "SELECT DELETE",
        "tips_mail": "SELECT INSERT DELETE",
        "tips_morningdigits": "SELECT INSERT DELETE",
        "tips_upkeep": "SELECT INSERT",
    },
}
CAMPAIGN = {
    "public": "",
    "desk": "SELECT INSERT UPDATE DELETE",
    "functions": "",
    "eraser": "",
    "mail": "",
}
VIEWS = {"campaign_published", "campaign_published_picture"}
CAMPAIGN_VIEWS = {
    "public": "SELECT",
    "desk": "SELECT",
    "functions": "",
    "eraser": "",
    "mail": "SELECT",
}
ROLES = ("public", "desk", "functions", "eraser", "mail")

# Rights on columns alone.
COLUMNS = {
    "public": {
        "SELECT": {
            "tips_deskkey": "activated_at created_at kid public retired_at sheets_confirmed_at",
            "campaign_openinghours": "closes day opens",
            "campaign_closure": "first_day last_day",
        }
    },
    "desk": {
        "SELECT": {"tips_mail": "due_at failed id kind made_at recipient sent_at test tries"},
        "UPDATE": {
            "tips_officer": "email is_active last_login reads role username",
            "tips_officerkey": "totp_last wrong_digits wrong_digits_since",
            "tips_photo": "locked_at",
            "tips_tip": "closed_on held_at held_by hours_to_close hours_to_open hours_to_take"
            " outcome owner_id restricted set_aside status turn_cause turn_since turn_until"
            " urgency",
            "tips_alarm": "due_at since step urgent",
            "tips_callwithouttip": "count",
        },
    },
    "functions": {
        "UPDATE": {
            "tips_officerkey": "attestation",
            "tips_deskkey": "retired_at sheets_confirmed_at",
            "tips_alarm": "due_at since step urgent",
            "tips_message": "for_citizen shown_at",
            "tips_tip": "closed_on danger district for_self language outcome restricted sealed"
            " set_aside signs status turn_cause turn_since turn_until types under_18 urgency",
        }
    },
    "eraser": {
        "UPDATE": {
            "tips_event": "reason",
            "tips_tip": "citizen_key content_digest danger for_self language lookup_id page_digest"
            " received_at reference sealed signs under_18",
        }
    },
    "mail": {
        "SELECT": {
            "tips_officer": "email is_active role",
            "tips_tip": "id owner_id restricted set_aside status",
            "tips_recusal": "tip_id",
            "tips_event": "at id verb",
            "campaign_openinghours": "closes day opens",
            "campaign_closure": "first_day last_day",
        },
        "UPDATE": {
            "tips_alarm": "due_at step",
            "tips_mail": "body due_at failed id made_at sent_at tries",
            "tips_upkeep": "done_at",
        },
    },
}
FUNCTIONS = {
    "public": {
        "codes_among",
        "desk_is_silent",
        "follow_up",
        "receipt_kept",
        "receive_message",
        "receive_tip",
        "remove_reply",
        "tip_stage",
    },
    "desk": {
        "codes_among",
        "complete_call",
        "confirm_sheets",
        "receive_call",
        "retire_false_desk_key",
        "ring_first_tips",
        "rotate_desk_key",
    },
    "functions": set(),
    "eraser": set(),
    "mail": set(),
}
