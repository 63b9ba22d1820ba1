"""Who works at the desk, and the keys with which tips are opened."""

from datetime import timedelta
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac

from tips.models.vocabulary import Language


class OfficerManager(BaseUserManager["Officer"]):
    """Officers by what they can do."""

    def holders(self) -> models.QuerySet["Officer"]:
        """Active officers who can open tips: a set-up key pair with the active desk key granted."""
        active = DeskKey.objects.active()
        return self.filter(
            is_active=True,
            key__one_time_until=None,
            key__grants__desk_key__in=active,
        )

    def who_open(self, *, restricted: bool) -> models.QuerySet["Officer"]:
        """Who can open such a tip today, by role and by key; each once, by name."""
        roles = Officer.roles_that_open(restricted=restricted)
        return self.holders().filter(role__in=roles).order_by("username").distinct()

    def active_named(self, username: str) -> "Officer | None":
        """The active officer of that name in whatever case; a name that is not ASCII is nobody's.

        Unicode has letters whose capital is a Latin one: `ſupervıſor` would be supervisor.
        """
        if not username.isascii() or "\0" in username:
            return None
        return self.filter(is_active=True, username__iexact=username).first()

    def mailed_supervisors(self) -> models.QuerySet["Officer"]:
        """Active supervisors with an address: whom *supervisors are mailed* means."""
        return self.filter(is_active=True, role=Officer.Role.SUPERVISOR).exclude(email="")


class Officer(AbstractBaseUser):
    """Anyone with an account at the desk; the role says what they may do there."""

    class Role(models.TextChoices):
        """What an account may do."""

        OFFICER = "officer", "Officer: opens tips"
        SUPERVISOR = "supervisor", "Supervisor: also restricted tips and accounts"
        AUDITOR = "auditor", "Auditor: the trail, opens no tip"
        EDITOR = "editor", "Editor: the site's content, opens no tip"

    # Opening the wrap in OfficerKey is the log-in; there is no other password.
    password = None  # type: ignore[assignment]

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    username = models.CharField(
        "name",
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(
                r"^[A-Za-z][A-Za-z0-9.-]*$",
                "Plain letters first, then letters, digits, full stops and hyphens.",
            ),
            # The trail uses these words for those who are nobody.
            RegexValidator(
                r"(?i)^(system|recovery|rotation|command|citizen|nobody)$",
                "This word means something else in the trail. Take another name.",
                inverse_match=True,
            ),
        ],
    )
    role = models.CharField(max_length=10, choices=Role)
    is_active = models.BooleanField(default=True, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)
    email = models.EmailField(
        "e-mail address",
        blank=True,
        db_comment="where a supervisor is told of what is wrong; set by a supervisor",
    )
    reads = ArrayField(
        models.CharField(max_length=5, choices=Language),
        default=list,
        blank=True,
        verbose_name="reads",
        db_comment="the languages that this officer reads",
    )

    objects: ClassVar[OfficerManager] = OfficerManager()

    USERNAME_FIELD = "username"
    is_staff = True

    # What each role may do in the admin beyond its own screens: app label and actions.
    MAY: ClassVar[dict[str, dict[str, set[str]]]] = {
        Role.OFFICER: {"tips.tip": {"view", "change"}},
        Role.SUPERVISOR: {
            "tips.tip": {"view", "change"},
            "tips.officer": {"view", "add", "change"},
            "campaign": {"view", "add", "change", "delete"},
        },
        Role.AUDITOR: {"tips.event": {"view"}},
        Role.EDITOR: {"campaign": {"view", "add", "change", "delete"}},
    }

    class Meta:
        """Officers are never deleted: the trail and Django's own log point at them."""

        ordering = ("username",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(role__in=("officer", "supervisor", "auditor", "editor")),
                name="officer_role_known",
            ),
            models.UniqueConstraint(
                Lower("username"),
                name="officer_name_whatever_the_case",
                violation_error_message="There is an account of this name.",
            ),
        )

    def __str__(self) -> str:
        return self.username

    @classmethod
    def roles_that_open(cls, *, restricted: bool) -> set[str]:
        """Who lists and opens tips, restricted ones or all others: the one place that says it."""
        return {cls.Role.SUPERVISOR} if restricted else {cls.Role.SUPERVISOR, cls.Role.OFFICER}

    @property
    def opens_tips(self) -> bool:
        """Whether the role holds the desk key at all."""
        return self.role in self.roles_that_open(restricted=False)

    @property
    def opens_restricted_tips(self) -> bool:
        """Whether also tips in which an official is said to be part are shown."""
        return self.role in self.roles_that_open(restricted=True)

    @property
    def is_supervisor(self) -> bool:
        """Whether accounts, and what only a supervisor decides, are this officer's business."""
        return self.role == self.Role.SUPERVISOR

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's question, answered from the role alone."""
        app, _, codename = perm.partition(".")
        action, _, model = codename.partition("_")
        may = self.MAY.get(self.role, {})
        return self.is_active and action in may.get(f"{app}.{model}", may.get(app, set()))

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the role has anything to do in that app."""
        may = self.MAY.get(self.role, {})
        return self.is_active and any(name.partition(".")[0] == app_label for name in may)

    def has_usable_password(self) -> bool:
        """Never: there are no passwords."""
        return False

    def get_session_auth_hash(self) -> str:
        """Changes with every new wrap, so that a change of passphrase ends the other sessions."""
        wrapped = bytes(self.key.wrapped) if hasattr(self, "key") else b""
        return salted_hmac("tips.Officer.wrap", wrapped, algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> list[str]:
        """None: a desk's secret key is replaced at once, not rotated."""
        return []


class OfficerKey(models.Model):
    """An officer's key pair: the private half and the second factor's secret lie wrapped here."""

    officer = models.OneToOneField(Officer, models.CASCADE, related_name="key", primary_key=True)
    public = models.BinaryField(db_comment="1,216 bytes of an X-Wing pair")
    wrapped = models.BinaryField(
        db_comment="secret and second factor under Argon2id of the passphrase"
    )
    attestation = models.BinaryField(
        default=b"", db_comment="keyed hash under the desk key: a given pair, not a planted one"
    )
    one_time_until = models.DateTimeField(
        null=True, db_comment="until when one-time words open the set-up page; null once set up"
    )
    totp_last = models.BigIntegerField(
        default=0, db_comment="the last 30-second step that was used; each once"
    )
    wrong_digits = models.PositiveSmallIntegerField(default=0)
    wrong_digits_since = models.DateTimeField(null=True)

    WRONG_DIGITS_AN_HOUR = 5
    ONE_TIME_FOR = timedelta(hours=72)

    def __str__(self) -> str:
        return f"key of {self.officer_id}"

    @property
    def is_one_time(self) -> bool:
        """Whether these are one-time words, which open the set-up page alone."""
        return self.one_time_until is not None

    def has_expired(self) -> bool:
        """Whether one-time words are past their 72 hours."""
        return self.one_time_until is not None and self.one_time_until <= timezone.now()


class DeskKeyQuerySet(models.QuerySet["DeskKey"]):
    """Desk keys, the active one among them."""

    def active(self) -> "DeskKeyQuerySet":
        """At most one: the newest that was activated and not retired."""
        usable = self.filter(activated_at__isnull=False, retired_at=None)
        newest = usable.order_by("-created_at").values("kid")[:1]
        return self.filter(kid__in=newest)


class DeskKey(models.Model):
    """A key that tips are sealed to; its private half exists only as grants."""

    kid = models.BinaryField(primary_key=True, db_comment="8 bytes of a hash of the public half")
    public = models.BinaryField(unique=True, db_comment="1,216 bytes of an X-Wing pair")
    predecessor = models.BinaryField(
        null=True, db_comment="key id of the desk key before; null for the first"
    )
    succession = models.BinaryField(
        db_comment="keyed hash under the predecessor over public, recovery half, backup recipient"
    )
    key_check_id = models.UUIDField(default=uuid4, db_comment="bound into the key check value")
    key_check_value = models.BinaryField(
        db_comment="a known word sealed to this key; who opens it can open tips"
    )
    recovery_public = models.BinaryField(
        db_comment="public half whose secret is on the recovery sheets"
    )
    recovery_copy = models.BinaryField(db_comment="the private half, sealed to the sheets")
    backup_recipient = models.BinaryField(
        db_comment="X25519 public half made from the sheets' secret: backups are sealed to it"
    )
    created_at = models.DateTimeField(default=timezone.now)
    activated_at = models.DateTimeField(
        null=True, db_comment="when its key check value was opened; nothing is sealed to it before"
    )
    retired_at = models.DateTimeField(null=True, db_comment="nothing is sealed to it since")
    sheets_confirmed_at = models.DateTimeField(
        null=True,
        db_comment="when two recovery sheets were typed back; before, a real server takes no tip",
    )

    objects = DeskKeyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"desk key {bytes(self.kid).hex()}"


class DeskKeyGrant(models.Model):
    """The private half of a desk key, sealed to one officer's pair."""

    id = models.UUIDField(primary_key=True, default=uuid4)
    officer_key = models.ForeignKey(OfficerKey, models.CASCADE, related_name="grants")
    desk_key = models.ForeignKey(DeskKey, models.PROTECT, related_name="grants")
    sealed = models.BinaryField(db_comment="1,168 bytes, for this officer and desk key alone")
    by = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        """One grant a key pair and desk key."""

        constraints = (
            models.UniqueConstraint(fields=("officer_key", "desk_key"), name="one_grant_each"),
        )

    def __str__(self) -> str:
        return f"grant to {self.officer_key_id}"


class DeskSession(models.Model):
    """A session, stored under a hash of its cookie and encrypted with a key derived from it."""

    session_key = models.CharField(
        max_length=64, primary_key=True, db_comment="keyed hash of the cookie"
    )
    session_data = models.BinaryField(
        db_comment="under a key of the cookie and the desk's secret; holds the desk's keys"
    )
    expire_date = models.DateTimeField(db_index=True)
    started_at = models.DateTimeField(default=timezone.now)
    officer = models.ForeignKey(Officer, models.CASCADE, null=True, related_name="sessions")

    LONGEST = timedelta(hours=12)

    def __str__(self) -> str:
        return "session"
