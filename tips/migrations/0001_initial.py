"""The tables as they began."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
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
            ],
            options={
                'ordering': ('username',),
            },
        ),
        migrations.CreateModel(
            name='DeskKey',
            fields=[
                ('kid', models.BinaryField(primary_key=True, serialize=False)),
                ('public', models.BinaryField(unique=True)),
                ('canary_id', models.UUIDField(default=uuid.uuid4)),
                ('canary', models.BinaryField()),
                ('recovery_public', models.BinaryField()),
                ('recovery_grant', models.BinaryField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('proven_at', models.DateTimeField(null=True)),
                ('retired_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='DeskSession',
            fields=[
                ('session_key', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('session_data', models.BinaryField()),
                ('expire_date', models.DateTimeField(db_index=True)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('verb', models.CharField(choices=[('received', 'received'), ('message', 'citizen wrote'), ('opened', 'opened'), ('refused', 'refused to open'), ('photo', 'photo shown'), ('taken', 'taken'), ('given', 'given to'), ('waiting', 'waits for an answer'), ('replied', 'answered'), ('noted', 'note added'), ('raised', 'raised to urgent'), ('lowered', 'lowered'), ('look_again', 'look again set'), ('closed', 'closed'), ('reopened', 'reopened'), ('logged_in', 'logged in'), ('logged_out', 'signed out everywhere'), ('locked_out', 'too many wrong digits'), ('account_added', 'account added'), ('access_given', 'access given'), ('set_up', 'access set up'), ('passphrase_changed', 'passphrase changed'), ('role_changed', 'role changed'), ('deactivated', 'deactivated'), ('activated', 'activated again'), ('false_voucher', 'a key nobody at the desk gave'), ('key_made', 'desk key made'), ('key_proven', 'desk key proven'), ('key_rotated', 'desk key rotated'), ('recovered', 'recovered with the recovery key'), ('drilled', 'recovery key tried'), ('recovery_kept', 'recovery key typed back')], max_length=20)),
                ('by', models.CharField(blank=True, max_length=40)),
                ('about', models.CharField(blank=True, max_length=40)),
                ('tip_id', models.UUIDField(null=True)),
                ('reference', models.CharField(blank=True, max_length=7)),
                ('count', models.PositiveIntegerField(null=True)),
                ('reason', models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Grant',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('from_desk', models.BooleanField()),
                ('by', models.CharField(blank=True, max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sent', models.BinaryField(null=True, unique=True)),
                ('sealed', models.BinaryField(null=True)),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('by', models.CharField(max_length=40)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('sealed', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='Photo',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('sealed', models.BinaryField()),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Tip',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('reference', models.CharField(max_length=7, null=True)),
                ('received_at', models.DateTimeField()),
                ('channel', models.CharField(choices=[('web', 'web')], max_length=10)),
                ('district', models.CharField(blank=True, choices=[('anse-la-raye', 'Anse la Raye'), ('canaries', 'Canaries'), ('castries', 'Castries'), ('choiseul', 'Choiseul'), ('dennery', 'Dennery'), ('gros-islet', 'Gros Islet'), ('laborie', 'Laborie'), ('micoud', 'Micoud'), ('soufriere', 'Soufrière'), ('vieux-fort', 'Vieux Fort'), ('at-sea', 'At sea or on a boat'), ('elsewhere', 'Online or abroad')], max_length=20)),
                ('signs', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, size=None)),
                ('danger', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'Not known')], max_length=7)),
                ('under_18', models.CharField(blank=True, choices=[('yes', 'Yes'), ('no', 'No'), ('unknown', 'Not known')], max_length=7)),
                ('for_self', models.BooleanField()),
                ('language', models.CharField(max_length=5)),
                ('urgency', models.PositiveSmallIntegerField(choices=[(0, 'Urgent'), (1, 'Under 18 or themselves'), (2, 'Other')])),
                ('restricted', models.BooleanField()),
                ('set_aside', models.BooleanField()),
                ('status', models.CharField(choices=[('new', 'New'), ('active', 'Active'), ('waiting', 'Waiting'), ('closed', 'Closed')], max_length=7)),
                ('outcome', models.CharField(blank=True, choices=[('passed_on', 'Passed on'), ('helped', 'Helped directly'), ('elsewhere', 'Not trafficking, passed elsewhere'), ('no_basis', 'No basis found'), ('not_enough', 'Not enough to act on'), ('duplicate', 'Duplicate'), ('junk', 'Junk'), ('false', 'Knowingly false')], max_length=10)),
                ('look_again', models.DateField(null=True)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('lookup', models.BinaryField(null=True, unique=True)),
                ('citizen_key', models.BinaryField(null=True)),
                ('sent', models.BinaryField(null=True, unique=True)),
                ('page', models.BinaryField(null=True)),
                ('box', models.BinaryField(null=True)),
                ('box_until', models.DateTimeField(null=True)),
                ('sealed', models.BinaryField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='TipLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('duplicate', 'duplicate of')], max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='OfficerKey',
            fields=[
                ('officer', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='key', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('public', models.BinaryField()),
                ('wrapped', models.BinaryField()),
                ('voucher', models.BinaryField(default=b'')),
                ('one_time_until', models.DateTimeField(null=True)),
                ('totp_last', models.BigIntegerField(default=0)),
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
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('verb__in', ['received', 'message', 'opened', 'refused', 'photo', 'taken', 'given', 'waiting', 'replied', 'noted', 'raised', 'lowered', 'look_again', 'closed', 'reopened', 'logged_in', 'logged_out', 'locked_out', 'account_added', 'access_given', 'set_up', 'passphrase_changed', 'role_changed', 'deactivated', 'activated', 'false_voucher', 'key_made', 'key_proven', 'key_rotated', 'recovered', 'drilled', 'recovery_kept'])), name='event_verb_known'),
        ),
        migrations.AddField(
            model_name='grant',
            name='desk_key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='tips.deskkey'),
        ),
        migrations.AddField(
            model_name='photo',
            name='message',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='tips.message'),
        ),
        migrations.AddField(
            model_name='tip',
            name='owner',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tips', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='photo',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='photos', to='tips.tip'),
        ),
        migrations.AddField(
            model_name='note',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='tips.tip'),
        ),
        migrations.AddField(
            model_name='message',
            name='tip',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='tips.tip'),
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
            model_name='grant',
            name='officer_key',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grants', to='tips.officerkey'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed'), _negated=True), fields=['set_aside', 'urgency', 'received_at', 'id'], name='tip_open_queue'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed'), _negated=True), fields=['owner', 'status'], name='tip_of_owner'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('status', 'closed')), fields=['-received_at', 'id'], name='tip_closed'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(fields=['page'], name='tip_page'),
        ),
        migrations.AddIndex(
            model_name='tip',
            index=models.Index(condition=models.Q(('box_until__isnull', False)), fields=['box_until'], name='tip_box_due'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.UniqueConstraint(fields=('reference',), name='tip_reference'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ('new', 'active', 'waiting', 'closed'))), name='tip_status_known'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__gt', ''), ('status', 'closed')), models.Q(models.Q(('status', 'closed'), _negated=True), ('outcome', '')), _connector='OR'), name='tip_outcome_only_when_closed'),
        ),
        migrations.AddConstraint(
            model_name='tip',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('box', None), ('box_until', None)), models.Q(('box__isnull', False), ('box_until__isnull', False)), _connector='OR'), name='tip_box_has_an_end'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.UniqueConstraint(fields=('tip', 'number'), name='photo_number_in_tip'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('tip', 'number'), name='message_number_in_tip'),
        ),
        migrations.AddConstraint(
            model_name='tiplink',
            constraint=models.UniqueConstraint(fields=('tip', 'other', 'kind'), name='linked_once'),
        ),
        migrations.AddConstraint(
            model_name='grant',
            constraint=models.UniqueConstraint(fields=('officer_key', 'desk_key'), name='one_grant_each'),
        ),
        # Sealed bytes do not compress; without trying, a photo is read and written in one go.
        migrations.RunSQL(
            "ALTER TABLE tips_photo ALTER sealed SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
    ]
