"""The log-in: name, five words and six digits on one page. Opening the officer's wrap is all."""

from typing import Any

import pyotp
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from slu_antitrafficking import DEMO_ACCOUNTS_FILE
from tips.access import authentication, desk_keys, sessions, throttle
from tips.access.authentication import Unlocked
from tips.access.pairs import FalsePair
from tips.admin import drafts, pages, red_lines
from tips.models import Event, Officer

NEW_KEY_FIELD = "new_key"  # of the address: why one has to log in again
WRONG = "Name, words and six digits do not fit together."
NO_DIGITS = "Only one-time words go without digits."
LOCKED = (
    "Too many wrong digits came for this account, so nobody gets in here for up to an hour."
    " If it was not you, tell a supervisor at once."
)
USED = "These six digits were used already. Wait until your app shows the next."
BUSY = "Others are logging in just now. Nothing is wrong: press the button again."
FALSE_PAIR = (
    "These words opened a key that nobody at the desk gave, so nobody gets in with it."
    " Tell a supervisor at once."
)
NEW_KEY = (
    "The desk has a new key, because somebody's access was given, changed or taken away."
    " Log in once more."
)
SESSION_OVER = (
    "Your session is over: the desk locks after 30 minutes without a press and 12 hours after the"
    " log-in, and when you are signed out elsewhere."
)
DEACTIVATED = "Your account was deactivated while this page was open. Ask a supervisor."
NEW_ACCESS = "You were given new access: log in with the words that a supervisor says to you."
NOT_THROUGH_SET_UP = "What was typed before is not here: it does not pass through the set-up page."


class LogInForm(forms.Form):
    """What the log-in page asks."""

    use_required_attribute = False

    username = forms.CharField(
        label="Name",
        error_messages={"required": "Your name at the desk."},
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label="Passphrase",
        error_messages={"required": "The five words."},
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    otp_token = forms.CharField(
        label="Six digits",
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


@sensitive_post_parameters()
def log_in(request: HttpRequest) -> HttpResponse:
    """GET shows the page; POST lets in, or says on the same page why not."""
    if request.method != "POST":
        if request.user.is_authenticated:
            return pages.SeeOther(pages.safe_next(request) or reverse("admin:index"))
        return log_in_page(request)
    if request.user.is_authenticated and request.POST.get(drafts.FIELD):
        return after_log_in(request)  # logged in elsewhere meanwhile, or this very page sent again
    form = LogInForm(request.POST)
    if form.is_valid():
        try:
            return _let_in(request, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            # Whether or not the words are right, so that nobody learns it so.
            if refusal.message == WRONG and not form.cleaned_data.get("otp_token", "").strip():
                form.add_error("otp_token", NO_DIGITS)
    return log_in_page(request, form=form)


def log_in_page(
    request: HttpRequest, *, form: forms.Form | None = None, **context: Any
) -> HttpResponse:
    """The log-in form; it keeps what was carried, and the page to come back to."""
    own = {
        "form": form or LogInForm(),
        "title": "Log in",
        "clock": timezone.localtime(),
        "demo_accounts": _demo_accounts(),
        "next": pages.safe_next(request),
        "carried": request.POST.get(drafts.FIELD, ""),
        "notice": NEW_KEY if NEW_KEY_FIELD in request.GET else "",
    }
    return pages.page(request, "admin/login.html", own | context)


def ask_to_log_in(request: HttpRequest, *, notice: str = "") -> HttpResponse:
    """The log-in page, with what was typed inside it where it may be carried."""
    officer, path = pages.named_in(request), drafts.address_of(request)
    notice = notice or _why_out(officer)
    if officer and drafts.may_be_carried(path):
        carried = drafts.encrypted(request, officer, path)
        return log_in_page(request, carried=carried, next=path, notice=notice)
    landing = drafts.landing(path)
    return log_in_page(request, carried="", next=landing, lost=True, notice=notice)


def _why_out(officer: str) -> str:
    """Why whoever's form this was has no session; `officer` is an id, empty where it named none."""
    accounts = Officer.objects.select_related("key")
    account = accounts.filter(pk=officer).first() if officer else None
    if account and not account.is_active:
        return DEACTIVATED
    key = getattr(account, "key", None)
    return NEW_ACCESS if key and key.is_one_time else SESSION_OVER


@require_POST
@sensitive_post_parameters()
def carry_on(request: HttpRequest) -> HttpResponse:
    """From a page that locked: what was typed on it goes through the log-in, to its address."""
    if request.user.is_authenticated:  # another tab went on meanwhile
        return drafts.show(request, drafts.address_of(request), drafts.typed_in(request))
    return ask_to_log_in(request)


def unlock(request: HttpRequest, username: str, words: str) -> Unlocked:
    """The officer's opened pair, after at most one derivation.

    Raises ValidationError for wrong words and a false pair, and while one has to wait.
    """
    key = throttle.name_key(username, request)
    if wait := throttle.seconds_to_wait(key):
        raise ValidationError(
            f"Too many wrong tries. Wait {wait} {'second' if wait == 1 else 'seconds'},"
            " then press the button again."
        )
    network_key = throttle.network_key(request)
    try:
        with throttle.one_derivation(may_wait=not throttle.is_noisy(network_key)):
            unlocked = authentication.unlock(username=username, words=words)
    except throttle.Busy:
        raise ValidationError(BUSY) from None
    except FalsePair:
        raise ValidationError(FALSE_PAIR) from None
    if unlocked is None:
        throttle.count_failure(key)
        throttle.count_failure(network_key)
        authentication.record_wrong_words(username)
        raise ValidationError(WRONG)
    return unlocked


def step_of(request: HttpRequest, unlocked: Unlocked, digits: str) -> int:
    """The step of these six digits; wrong ones are counted; none at all close no account.

    Raises ValidationError for those, and while the account is closed because of them.
    """
    if authentication.digits_are_locked(unlocked):
        authentication.record_locked_out(unlocked)
        raise ValidationError(LOCKED)
    step = authentication.matching_step(unlocked.totp, digits)
    key = throttle.name_key(unlocked.officer.username, request)
    if step is None:
        if digits.strip():
            authentication.count_wrong_digits(unlocked)
        # Without digits too: wrong words are slowed down, and right ones must not be known by it.
        throttle.count_failure(key)
        raise ValidationError(WRONG)
    throttle.forget(key)
    return step


def open_session(request: HttpRequest, officer: Officer, held: dict[bytes, bytes]) -> None:
    """A new session of this officer with these desk secrets; the request goes on in it."""
    request.session.begin(  # type: ignore[attr-defined]
        {
            sessions.OFFICER: str(officer.pk),
            SESSION_KEY: str(officer.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: officer.get_session_auth_hash(),
        }
    )
    pages.keep_keys(request, held)
    request.user = officer
    rotate_token(request)


def after_log_in(request: HttpRequest) -> HttpResponse:
    """What came along with the log-in, offered; else the page that was asked for."""
    response = drafts.after_log_in(request)
    return response or pages.SeeOther(pages.safe_next(request) or reverse("admin:index"))


def _let_in(request: HttpRequest, username: str, password: str, otp_token: str) -> HttpResponse:
    unlocked = unlock(request, username, password)
    if not unlocked.totp:
        return _to_set_up(request, unlocked)
    step = step_of(request, unlocked, otp_token)
    judged = desk_keys.judge(authentication.granted_secrets(unlocked), unlocked.anchor)
    with transaction.atomic():
        if not authentication.use_step(unlocked, step):
            raise ValidationError(USED)
        open_session(request, unlocked.officer, judged.true)
        Officer.objects.filter(pk=unlocked.officer.pk).update(last_login=timezone.now())
        Event.objects.record(Event.Verb.LOGGED_IN, by=unlocked.officer.username)
    desk_keys.set_right(judged)
    red_lines.look_for_false_keys(request)
    return after_log_in(request)


def _to_set_up(request: HttpRequest, unlocked: Unlocked) -> HttpResponse:
    request.session.begin(  # type: ignore[attr-defined]
        {
            sessions.OFFICER: str(unlocked.officer.pk),
            sessions.SET_UP: {
                "wrapped": unlocked.wrapped.hex(),
                "secret": unlocked.secret.hex(),
                "anchor": unlocked.anchor.hex(),
                "totp": pyotp.random_base32(),
            },
        }
    )
    rotate_token(request)
    if request.POST.get(drafts.FIELD):
        messages.warning(request, NOT_THROUGH_SET_UP)
    return pages.SeeOther(reverse("admin:set_up"))


def _demo_accounts() -> list[dict[str, str]]:
    """The ready accounts of `./run demo` with their present six digits."""
    listed = settings.VAR / DEMO_ACCOUNTS_FILE
    if not settings.DEMO or not listed.is_file():
        return []
    rows = [line.split("\t") for line in listed.read_text().splitlines()]
    return [
        {"name": row[1], "words": row[2], "digits": pyotp.TOTP(row[3]).now()}
        for row in rows
        if len(row) == 4 and row[0] == "account"
    ]
