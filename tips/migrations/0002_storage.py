"""How the tables lie on the disk; before anything is analysed."""

from django.db import migrations

# PostgreSQL keeps samples of a column in pg_statistic, where they outlive every rewriting of the table.
# Blobs, digests, references and session keys are found by equality alone, which needs no statistics;
# the minutes of citizens lie in tables of a few rows.
UNSAMPLED = {
    "tips_tip": "reference lookup_id citizen_key content_digest page_digest sealed",
    "tips_box": "box box_until",
    "tips_alarm": "since due_at",
    "tips_mail": "recipient body made_at due_at sent_at",
    "tips_message": "content_digest sealed for_citizen",
    "tips_photo": "sealed",
    "tips_note": "sealed",
    "tips_event": "reference reason reason_digest pair_digest once",
    "tips_officerkey": "public wrapped attestation",
    "tips_deskkey": "kid public predecessor succession key_check_value recovery_public recovery_copy"
    " backup_recipient",
    "tips_deskkeygrant": "desk_key_id sealed",
    "tips_desksession": "session_key session_data",
    "tips_drillcanary": "lookup_id sealed",
}
NOTHING = migrations.RunSQL.noop


class Migration(migrations.Migration):

    dependencies = [("tips", "0001_first_release")]

    operations = [
        *(
            migrations.RunSQL(f"ALTER TABLE {table} ALTER {column} SET STATISTICS 0", NOTHING)
            for table, columns in UNSAMPLED.items()
            for column in columns.split()
        ),
        # Pictures are compressed already.
        migrations.RunSQL("ALTER TABLE tips_photo ALTER sealed SET STORAGE EXTERNAL", NOTHING),
        # A sealed tip of the smallest step stays in its row: one place to write, to read, to rewrite.
        # Measured with 20,000: opening 500 for a search takes 40 ms instead of 135, a sending and a
        # rewriting two thirds of the time; counting all of them takes 1.4 times as long.
        migrations.RunSQL("ALTER TABLE tips_tip SET (toast_tuple_target = 8160)", NOTHING),
    ]
