"""The tables as the first release made them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.db.models.functions.datetime
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Officer',
            fields=[
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('username', models.CharField(max_length=40, unique=True, validators=[django.core.validators.RegexValidator('^[A-Za-z][A-Za-z0-9.-]*$', 'Plain letters first, then letters, digits, full stops and hyphens.'), django.core.validators.RegexValidator('(?i)^(system|recovery|rotation|command|citizen|nobody)$', 'This word means something else in the trail. Take another name.', inverse_match=True)], verbose_name='name')),
                ('role', models.CharField(choices=[('officer', 'Officer: opens tips'), ('supervisor', 'Supervisor: also restricted tips and accounts'), ('auditor', 'Auditor: the trail, opens no tip'), ('editor', "Editor: the site's content, opens no tip")], max_length=10)),
                ('is_active', models.BooleanField(default=True, editable=False)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('email', models.EmailField(blank=True, db_comment='where a supervisor is told of what is wrong; set by a supervisor', max_length=254, verbose_name='e-mail address')),
                ('reads', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('en', 'English'), ('es', 'Español'), ('fr', 'Français'), ('acf', 'Kwéyòl'), ('ht', 'Kreyòl ayisyen')], max_length=5), blank=True, db_comment='the languages that this officer reads', default=list, size=None, verbose_name='reads')),
            ],
            options={
                'ordering': ('username',),
            },
        ),
        migrations.CreateModel(
            name='Tip',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(db_comment='random, said aloud on the phone; null once erased', max_length=7, null=True)),
                ('received_at', models.DateTimeField(db_comment='to the hour; to the month once erased')),
                ('channel', models.CharField(choices=[('web', 'web'), ('phone', '847'), ('office', 'office telephone'), ('walk_in', 'in person'), ('letter', 'letter'), ('email', 'e-mail'), ('drill', 'drill')], max_length=10)),
                ('district', models.CharField(blank=True, choices=[('anse-la-raye', 'Anse la Raye'), ('canaries', 'Canaries'), ('castries', 'Castries'), ('choiseul', 'Choiseul'), ('dennery', 'Dennery'), ('gros-islet', 'Gros Islet'), ('laborie', 'Laborie'), ('micoud', 'Micoud'), ('soufriere', 'Soufrière'), ('vieux-fort', 'Vieux Fort'), ('at-sea', 'At sea or on a boat'), ('elsewhere', 'Online or abroad')], max_length=20)),
                ('signs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), db_comment='slugs of the ticked signs', default=list, size=None)),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), db_comment='slugs the signs point to', default=list, size=None)),
                ('danger', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'I do not know')], max_length=7)),
                ('under_18', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'I do not know')], max_length=7)),
                ('for_self', models.BooleanField(db_comment='whether it happens to the sender')),
                ('language', models.CharField(choices=[('en', 'English'), ('es', 'Español'), ('fr', 'Français'), ('acf', 'Kwéyòl'), ('ht', 'Kreyòl ayisyen')], db_comment='in which the sender is answered', max_length=5)),
                ('urgency', models.PositiveSmallIntegerField(choices=[(0, 'Urgent'), (1, 'Under 18 or themselves'), (2, 'Other')])),
                ('restricted', models.BooleanField(db_comment='only supervisors list and open it')),
                ('set_aside', models.PositiveSmallIntegerField(choices=[(0, 'no'), (1, 'Looks like spam'), (2, 'Over a limit')], db_comment='0 no, 1 looks like spam, 2 over a limit', default=0)),
                ('status', models.CharField(choices=[('new', 'New'), ('active', 'Active'), ('asked', 'Waiting'), ('referred', 'Referred'), ('parked', 'Parked'), ('closed', 'Closed')], db_comment='what was done last', max_length=8)),
                ('outcome', models.CharField(blank=True, choices=[('passed_on', 'Passed on'), ('helped', 'Helped directly'), ('elsewhere', 'Not trafficking, passed elsewhere'), ('no_basis', 'No basis found'), ('not_enough', 'Not enough to act on'), ('duplicate', 'Duplicate'), ('junk', 'Junk'), ('false', 'Knowingly false')], max_length=10)),
                ('turn_since', models.DateTimeField(db_comment="since when it is somebody's turn; to the hour where a citizen wrote", null=True)),
                ('turn_until', models.DateField(db_comment="the day on which it is the owner's turn again", null=True)),
                ('turn_cause', models.CharField(choices=[('came', 'came'), ('taken', 'taken'), ('given', 'given'), ('returned', 'given back'), ('wrote', 'the citizen wrote'), ('copy', 'a copy was written to'), ('answered', 'answered'), ('asked', 'asked the citizen'), ('parked', 'parked'), ('reopened', 'opened again')], db_comment="why it is somebody's turn", default='came', max_length=8)),
                ('since', models.GeneratedField(db_comment="the clock of its turn: turn_until's midnight, else turn_since", db_persist=True, expression=django.db.models.functions.comparison.Coalesce(django.db.models.expressions.Func('turn_until', output_field=models.DateTimeField(), template="(%(expressions)s::timestamp AT TIME ZONE 'America/St_Lucia')"), 'turn_since', 'received_at'), output_field=models.DateTimeField())),
                ('closed_on', models.DateField(db_comment='newest first in the list; retention counts from this day', null=True)),
                ('hours_to_open', models.PositiveSmallIntegerField(db_comment='whole hours from arrival to the first opening; set once', null=True)),
                ('hours_to_take', models.PositiveSmallIntegerField(db_comment='whole hours from arrival to the first owner; set once', null=True)),
                ('hours_to_close', models.PositiveSmallIntegerField(db_comment='whole hours from arrival to the first closing; set once', null=True)),
                ('held_by', models.CharField(blank=True, db_comment='who wants it kept from erasure; nothing erases tips yet', max_length=40)),
                ('held_at', models.DateTimeField(db_comment='since when somebody wants it kept', null=True)),
                ('lookup_id', models.BinaryField(db_comment='hash of the receipt code, to find the tip by', null=True, unique=True)),
                ('citizen_key', models.BinaryField(db_comment='public half of the pair made from the code, to seal answers to', null=True)),
                ('content_digest', models.BinaryField(db_comment='keyed hash of what was sent; a repeat is found by it', null=True, unique=True)),
                ('page_digest', models.BinaryField(db_comment="hash of the page's idempotency key; tells tips of one page", null=True)),
                ('sealed', models.BinaryField(db_comment='all answers as one JSON document', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DeskKey',
            fields=[
                ('kid', models.BinaryField(db_comment='8 bytes of a hash of the public half', primary_key=True, serialize=False)),
                ('public', models.BinaryField(db_comment='1,216 bytes of an X-Wing pair', unique=True)),
                ('predecessor', models.BinaryField(db_comment='key id of the desk key before; null for the first', null=True)),
                ('succession', models.BinaryField(db_comment='keyed hash under the predecessor over public, recovery half, backup recipient')),
                ('key_check_id', models.UUIDField(db_comment='bound into the key check value', default=uuid.uuid4)),
                ('key_check_value', models.BinaryField(db_comment='a known word sealed to this key; who opens it can open tips')),
                ('recovery_public', models.BinaryField(db_comment='public half whose secret is on the recovery sheets')),
                ('recovery_copy', models.BinaryField(db_comment='the private half, sealed to the sheets')),
                ('backup_recipient', models.BinaryField(db_comment="X25519 public half made from the sheets' secret: backups are sealed to it")),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('activated_at', models.DateTimeField(db_comment='when its key check value was opened; nothing is sealed to it before', null=True)),
                ('retired_at', models.DateTimeField(db_comment='nothing is sealed to it since', null=True)),
                ('sheets_confirmed_at', models.DateTimeField(db_comment='when two recovery sheets were typed back; before, a real server takes no tip', null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DeskKeyGrant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField(db_comment='1,168 bytes, for this officer and desk key alone')),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='DeskSession',
            fields=[
                ('session_key', models.CharField(db_comment='keyed hash of the cookie', max_length=64, primary_key=True, serialize=False)),
                ('session_data', models.BinaryField(db_comment="under a key of the cookie and the desk's secret; holds the desk's keys")),
                ('expire_date', models.DateTimeField(db_index=True)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_comment='to the hour where a citizen did it', db_default=django.db.models.functions.datetime.Now())),
                ('verb', models.CharField(choices=[('received', 'received'), ('message', 'citizen wrote'), ('copy_message', 'a copy was written to'), ('call_completed', 'call completed'), ('transcribed', 'wrote down what was said'), ('code_shown', 'code shown to read aloud'), ('reply_removed', 'citizen removed an answer'), ('opened', 'opened'), ('refused', 'refused to open'), ('photo', 'photo shown'), ('taken', 'taken'), ('given', 'given to'), ('waiting', 'waits for an answer'), ('replied', 'answered'), ('noted', 'note added'), ('raised', 'raised'), ('lowered', 'lowered'), ('parked', 'parked'), ('closed', 'closed'), ('reopened', 'reopened'), ('undone', 'undone'), ('unlinked', 'link taken away'), ('restricted', 'restricted to supervisors'), ('unrestricted', 'restriction lifted'), ('recused', 'knows these people, is out of it'), ('readmitted', 'let in again'), ('held', 'held'), ('released', 'not held any more'), ('photo_locked', 'photo locked'), ('photo_unlocked', 'photo unlocked'), ('not_same', 'not the same as'), ('maybe_same', 'may be the same as'), ('searched', 'searched inside tips'), ('logged_in', 'logged in'), ('signed_out', 'signed out everywhere'), ('wrong_words', 'wrong words at log-in'), ('locked_out', 'too many wrong digits'), ('account_added', 'account added'), ('access_given', 'access given'), ('set_up', 'access set up'), ('passphrase_changed', 'passphrase changed'), ('role_changed', 'role changed'), ('email_changed', 'e-mail address changed'), ('languages_changed', 'languages changed'), ('deactivated', 'deactivated'), ('activated', 'activated again'), ('false_pair', 'a key nobody at the desk gave'), ('key_made', 'desk key made'), ('key_rotated', 'desk key rotated'), ('false_desk_key', 'a desk key nobody at the desk made'), ('recovered', 'recovered with the recovery sheets'), ('drilled', 'recovery sheets tried'), ('sheets_kept', 'recovery sheets typed back'), ('sheets_replaced', 'recovery sheets replaced'), ('restored', 'restored from a backup'), ('restore_tried', 'restore tried elsewhere'), ('self_check', 'self-check failed'), ('alarm_tested', 'alarm tested'), ('mail_read', 'typed the digits of the morning mail'), ('content_changed', 'content changed'), ('trail_printed', 'trail printed'), ('trail_exported', 'trail saved as a table')], max_length=20)),
                ('by', models.CharField(blank=True, db_comment='a name as text: it outlives the account', max_length=40)),
                ('about', models.CharField(blank=True, db_comment='a name, an outcome or a kind; never content', max_length=40)),
                ('tip_id', models.UUIDField(null=True)),
                ('reference', models.CharField(blank=True, max_length=7)),
                ('count', models.PositiveIntegerField(db_comment="photos of a message, a photo's number, of an opening the newest message, of a copy its message, of a search the hits", null=True)),
                ('before', models.JSONField(db_comment="a verdict's clear columns as they were, for undo", null=True)),
                ('reason', models.BinaryField(db_comment='sealed words; null once erased', null=True)),
                ('reason_digest', models.BinaryField(db_comment='hash of the sealed reason, so that the chain survives an erasure', null=True)),
                ('pair_digest', models.BinaryField(db_comment='hash of the public half that this act left an officer with; empty for none', null=True)),
                ('once', models.BinaryField(db_comment="hash of the form's one-use key: pressed twice, done once", null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField(db_comment='gives the order, which hours cannot')),
                ('from_desk', models.BooleanField()),
                ('channel', models.CharField(choices=[('web', 'typed'), ('phone', 'said on the phone')], db_comment="how a citizen's words came", default='web', max_length=5)),
                ('by', models.CharField(blank=True, db_comment="the officer's name; empty where a citizen typed it", max_length=40)),
                ('at', models.DateTimeField(db_comment='to the hour where a citizen wrote it', default=django.utils.timezone.now)),
                ('content_digest', models.BinaryField(db_comment="keyed hash of a citizen's sending", null=True, unique=True)),
                ('sealed', models.BinaryField(db_comment='the words, for the desk', null=True)),
                ('for_citizen', models.BinaryField(db_comment="a reply's words, for the code; null once the citizen removed them", null=True)),
                ('shown_at', models.DateTimeField(db_comment='the hour in which the code was first shown this reply', null=True)),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('note', 'note'), ('translation', 'translation')], default='note', max_length=11)),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('es', 'Español'), ('fr', 'Français'), ('acf', 'Kwéyòl'), ('ht', 'Kreyòl ayisyen')], db_comment='into which a translation was made', max_length=5)),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sealed', models.BinaryField(db_comment='the words, for the desk')),
            ],
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('locked_at', models.DateTimeField(db_comment='since when only supervisors are shown it', null=True)),
                ('sealed', models.BinaryField(db_comment='a JPEG of nothing but pixels')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='TipLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('duplicate', 'duplicate of'), ('not_same', 'not the same as')], max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='Recusal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('officer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to=settings.AUTH_USER_MODEL)),
                ('tip', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='recusals', to='tips.tip')),
            ],
        ),
        migrations.CreateModel(
            name='CallWithoutTip',
            fields=[
                ('pk', models.CompositePrimaryKey('day', 'kind', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField(db_comment='in Saint Lucia')),
                ('kind', models.CharField(choices=[('silent', 'Silent'), ('hung_up', 'Hung up'), ('wrong_number', 'Wrong number'), ('prank', 'Prank'), ('information', 'Wanted information'), ('abuse', 'Abuse'), ('no_answer', 'Nobody answered'), ('test', 'Test')], max_length=12)),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'calls without a tip',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('silent', 'hung_up', 'wrong_number', 'prank', 'information', 'abuse', 'no_answer', 'test'))), name='call_without_tip_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Mail',
            fields=[
                ('id', models.UUIDField(db_comment='random; its Message-ID, in every repeat too', default=uuid.uuid4, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('urgent', 'urgent alarm'), ('waiting', 'something waits'), ('morning', 'morning mail'), ('test', 'test alarm'), ('red_line', 'something is wrong'), ('access', 'access given'), ('address', 'address changed'), ('number', 'number to confirm'), ('change', 'change to confirm')], max_length=8)),
                ('recipient', models.CharField(blank=True, db_comment='an e-mail address; empty: ALARM_URL', max_length=254)),
                ('body', models.TextField(blank=True, db_comment='empty once it was delivered')),
                ('made_at', models.DateTimeField(db_comment='when it was written; the hour alone within the hour after delivery')),
                ('due_at', models.DateTimeField(db_comment='when it is tried next; later the hour alone')),
                ('tries', models.PositiveIntegerField(default=0)),
                ('failed', models.CharField(blank=True, db_comment='class of the exception of the last try', max_length=60)),
                ('sent_at', models.DateTimeField(db_comment='when a server took it; within the hour the hour alone', null=True)),
                ('test', models.UUIDField(db_comment='the event of the test alarm that it belongs to', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['due_at'], name='mail_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('test__isnull', False)), fields=('test', 'recipient'), name='mail_of_test_once')],
            },
        ),
        migrations.CreateModel(
            name='MorningDigits',
            fields=[
                ('day', models.DateField(db_comment='in Saint Lucia', primary_key=True, serialize=False)),
                ('digits', models.CharField(max_length=4)),
            ],
            options={
                'verbose_name_plural': 'morning digits',
            },
        ),
        migrations.CreateModel(
            name='Upkeep',
            fields=[
                ('name', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('done_at', models.DateTimeField(db_comment='when it last went well', null=True)),
                ('mark', models.BigIntegerField(db_comment='own writes of the last run; of a table, what evened it out', default=0)),
                ('failed_since', models.DateTimeField(db_comment='since when it fails; null: it does not', null=True)),
                ('problem', models.CharField(blank=True, db_comment='the sentence for the start page; no content', max_length=200)),
            ],
            options={
                'verbose_name_plural': 'upkeep',
            },
        ),
        migrations.CreateModel(
            name='DrillCanary',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('lookup_id', models.BinaryField(db_comment="hash of the drill's code, as a tip's of a receipt's")),
                ('sealed', models.BinaryField(db_comment='a known sentence, to the pair made from that code')),
            ],
            options={
                'verbose_name_plural': 'drill canaries',
            },
        ),
        migrations.CreateModel(
            name='OfficerKey',
            fields=[
                ('officer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='key', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('public', models.BinaryField(db_comment='1,216 bytes of an X-Wing pair')),
                ('wrapped', models.BinaryField(db_comment='secret and second factor under Argon2id of the passphrase')),
                ('attestation', models.BinaryField(db_comment='keyed hash under the desk key: a given pair, not a planted one', default=b'')),
                ('one_time_until', models.DateTimeField(db_comment='until when one-time words open the set-up page; null once set up', null=True)),
                ('totp_last', models.BigIntegerField(db_comment='the last 30-second step that was used; each once', default=0)),
                ('wrong_digits', models.PositiveSmallIntegerField(default=0)),
                ('wrong_digits_since', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ('officer', 'supervisor', 'auditor', 'editor'))), name='officer_role_known'),
        ),
        migrations.AddConstraint(
            model_name='officer',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('username'), name='officer_name_whatever_the_case', violation_error_message='There is an account of this name.'),
        ),
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('tip', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='alarm', serialize=False, to='tips.tip')),
                ('urgent', models.BooleanField()),
                ('since', models.DateTimeField(db_comment='since when somebody waits: the minute; two hours later, the hour')),
                ('step', models.PositiveSmallIntegerField(db_comment='how many steps of the ladder are behind it', default=0)),
                ('due_at', models.DateTimeField(db_comment='when its next step is due; two hours later, the hour')),
            ],
            options={
                'db_table': 'tips_alarm',
            },
        ),
        migrations.CreateModel(
            name='EscrowedCode',
            fields=[
                ('tip', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='escrow', serialize=False, to='tips.tip')),
                ('box', models.BinaryField(db_comment='the code under a key of the page and of what was sent')),
                ('box_until', models.DateTimeField(db_comment='half an hour after arrival; after a stop a full hour, the same for all')),
            ],
            options={
                'db_table': 'tips_box',
            },
        ),
        migrations.AddField(
            model_name='tip',
            name='owner',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tips', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='deskkeygrant',
            name='desk_key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='tips.deskkey'),
        ),
        migrations.AddField(
            model_name='desksession',
            name='officer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['tip_id', 'at'], name='event_of_tip'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['verb', '-at'], name='event_by_verb'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['-at', 'id'], name='event_newest'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['by', '-at', 'id'], name='event_by_officer'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('pair_digest__isnull', False)), fields=['about', '-at'], name='event_of_pair'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('verb__in', ('wrong_words', 'locked_out', 'account_added', 'access_given', 'role_changed', 'email_changed', 'languages_changed', 'deactivated', 'activated', 'false_pair', 'recovered', 'signed_out', 'given', 'readmitted'))), fields=['about', '-at', 'id'], name='event_done_to'),
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('verb__in', ('taken', 'given'))), fields=['tip_id'], include=('verb', 'by', 'about'), name='event_of_owners'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['received', 'message', 'copy_message', 'call_completed', 'transcribed', 'code_shown', 'reply_removed', 'opened', 'refused', 'photo', 'taken', 'given', 'waiting', 'replied', 'noted', 'raised', 'lowered', 'parked', 'closed', 'reopened', 'undone', 'unlinked', 'restricted', 'unrestricted', 'recused', 'readmitted', 'held', 'released', 'photo_locked', 'photo_unlocked', 'not_same', 'maybe_same', 'searched', 'logged_in', 'signed_out', 'wrong_words', 'locked_out', 'account_added', 'access_given', 'set_up', 'passphrase_changed', 'role_changed', 'email_changed', 'languages_changed', 'deactivated', 'activated', 'false_pair', 'key_made', 'key_rotated', 'false_desk_key', 'recovered', 'drilled', 'sheets_kept', 'sheets_replaced', 'restored', 'restore_tried', 'self_check', 'alarm_tested', 'mail_read', 'content_changed', 'trail_printed', 'trail_exported'])), name='event_verb_known'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(condition=models.Q(('once__isnull', False)), fields=('once',), name='event_once'),
        ),
        migrations.AddField(
            model_name='message',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='tips.tip'),
        ),
        migrations.AddField(
            model_name='note',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='tips.tip'),
        ),
        migrations.AddField(
            model_name='photo',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='tips.message'),
        ),
        migrations.AddField(
            model_name='photo',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='tips.tip'),
        ),
        migrations.AddField(
            model_name='tiplink',
            name='other',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='linked_from', to='tips.tip'),
        ),
        migrations.AddField(
            model_name='tiplink',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='links', to='tips.tip'),
        ),
        migrations.AddField(
            model_name='deskkeygrant',
            name='officer_key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='tips.officerkey'),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(fields=['due_at'], name='alarm_due'),
        ),
        migrations.AddIndex(
            model_name='escrowedcode',
            index=models.Index(fields=['box_until'], name='box_due'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed'), _negated=True), fields=['urgency', 'since', 'id', 'owner', 'status', 'set_aside', 'restricted', 'turn_until', 'district', 'language', 'channel'], include=('types',), name='tip_open'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(fields=['-received_at', 'id'], name='tip_newest'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(fields=['district', '-received_at', 'id'], name='tip_newest_district'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(fields=['language', '-received_at', 'id'], name='tip_newest_language'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(fields=['page_digest', 'received_at'], name='tip_page'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(models.Q(('status', 'closed'), _negated=True), ('owner__isnull', False)), fields=['owner', 'urgency', 'since', 'id'], include=('turn_until', 'restricted', 'district', 'language', 'channel'), name='tip_of_owner'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(models.Q(('status', 'closed'), _negated=True), ('turn_until__isnull', False)), fields=['status', 'urgency', 'since', 'id'], include=('turn_until', 'owner', 'types', 'restricted', 'district', 'language', 'channel'), name='tip_waiting'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(models.Q(('status', 'closed'), _negated=True), ('set_aside__gt', 0)), fields=['urgency', 'since', 'id'], include=('owner', 'set_aside', 'restricted', 'district', 'language', 'channel'), name='tip_aside'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('owner__isnull', False)), fields=['owner', '-received_at', 'id'], name='tip_newest_owner'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['-closed_on', 'id'], name='tip_closed'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['district', '-closed_on', 'id'], name='tip_closed_district'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['language', '-closed_on', 'id'], name='tip_closed_language'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['channel', '-closed_on', 'id'], name='tip_closed_channel'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['owner', '-closed_on', 'id'], name='tip_closed_owner'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed'), ('owner', None)), fields=['-closed_on', 'id'], name='tip_closed_nobodys'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=django.contrib.postgres.indexes.GinIndex(condition=models.Q(('status', 'closed')), fields=['types'], name='tip_closed_types'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.UniqueConstraint(fields=('reference',), name='tip_reference'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ('new', 'active', 'asked', 'referred', 'parked', 'closed'))), name='tip_status_known'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ('web', 'phone', 'office', 'walk_in', 'letter', 'email', 'drill'))), name='tip_channel_known'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(('set_aside__in', (0, 1, 2))), name='tip_set_aside_known'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_on__isnull', False), ('outcome__gt', ''), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('closed_on', None), ('outcome', '')), _connector='OR'), name='tip_outcome_and_day_only_when_closed'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('asked', 'referred', 'parked')), ('turn_until__isnull', False)), models.Q(models.Q(('status__in', ('asked', 'referred', 'parked')), _negated=True), ('turn_until', None)), _connector='OR'), name='tip_day_only_while_it_waits'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('held_at', None), ('held_by', '')), models.Q(('held_at__isnull', False), ('held_by__gt', '')), _connector='OR'), name='tip_held_by_somebody_since'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('tip', 'number'), name='message_number_in_tip'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('from_desk', True), models.Q(('for_citizen', None), ('shown_at', None)), _connector='OR'), name='message_for_citizen_is_a_reply'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(fields=('tip', 'number'), name='photo_number_in_tip'),
        ),
        migrations.AddConstraint(
            model_name='tiplink',
            constraint=models.UniqueConstraint(fields=('tip', 'other', 'kind'), name='linked_once'),
        ),
        migrations.AddConstraint(
            model_name='recusal',
            constraint=models.UniqueConstraint(fields=('tip', 'officer'), name='recused_once'),
        ),
        migrations.AddConstraint(
            model_name='deskkeygrant',
            constraint=models.UniqueConstraint(fields=('officer_key', 'desk_key'), name='one_grant_each'),
        ),
    ]
