"""Words of one's own: the page that one-time words open, and a later change of passphrase."""

from typing import Any

import pyotp
import segno
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters

from slu_antitrafficking.refusal import Refused
from tips.access import accounts, authentication, desk_keys, sessions, throttle
from tips.access.authentication import Unlocked
from tips.admin import pages
from tips.admin.accounts import login
from tips.crypto import passphrases
from tips.models import Officer

OFFERED = "offered_passphrase"
ISSUER = "Know the Signs desk"
READY = (
    "Your access is set up. Wait until your app shows the next six digits, then log in with your"
    " five words and those."
)


class OwnWordsForm(forms.Form):
    """The six digits, and the offered words typed back."""

    use_required_attribute = False

    otp_token = forms.CharField(
        label="Six digits",
        max_length=20,
        error_messages={"required": "Type the six digits that your app shows."},
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )
    new_passphrase = forms.CharField(
        label="The five words, typed back",
        max_length=200,
        error_messages={"required": "Type the five words back."},
        widget=forms.TextInput(
            attrs={"autocomplete": "new-password", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, data: Any, offered: str) -> None:
        super().__init__(data)
        self.offered = offered

    def clean_new_passphrase(self) -> str:
        """The offered words, whatever the case and spaces.

        Raises ValidationError for any other words.
        """
        if passphrases.normalise(self.cleaned_data["new_passphrase"]) != self.offered:
            raise ValidationError(
                "These are not the five words above. Write them down, then type them."
            )
        return self.offered


class ChangeForm(OwnWordsForm):
    """Besides, the words of now."""

    password = forms.CharField(
        label="Your present passphrase",
        max_length=200,
        error_messages={"required": "Type your present five words."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("password", "otp_token", "new_passphrase")


@sensitive_post_parameters()
@csrf_protect
def set_up(request: HttpRequest) -> HttpResponse:
    """The one page that one-time words open; afterwards one logs in anew."""
    opened_wrap = request.session.get(sessions.SET_UP)
    if opened_wrap is None:
        if request.user.is_authenticated:
            return pages.SeeOther(reverse("admin:index"))
        return login.log_in_page(request, next="", carried="", set_up_over=True)
    officer = Officer.objects.get(
        pk=request.session[sessions.OFFICER]
    )  # a row goes with its officer
    offered = _offered(request)
    form = OwnWordsForm(_sent(request), offered)
    if form.is_valid():
        unlocked = Unlocked(
            officer,
            bytes.fromhex(opened_wrap["wrapped"]),
            bytes.fromhex(opened_wrap["secret"]),
            bytes.fromhex(opened_wrap["anchor"]),
            "",
        )
        try:
            _set_up(unlocked, offered, opened_wrap["totp"], form.cleaned_data["otp_token"])
        except ValidationError as refusal:
            form.add_error("otp_token" if refusal.code == "digits" else None, refusal)
        else:
            request.session.flush()
            return login.log_in_page(request, notice=READY, next="", carried="")
    context = {
        "title": "Set up your access",
        "form": form,
        "officer": officer,
        "offered": offered,
        "secret": [
            opened_wrap["totp"][at : at + 4] for at in range(0, len(opened_wrap["totp"]), 4)
        ],
        "qr": _qr(opened_wrap["totp"], officer),
        "clock": timezone.localtime(),
        "action": reverse("admin:set_up"),
    }
    return pages.page(request, "desk/set_up.html", context)


@sensitive_post_parameters()
def change_passphrase(request: HttpRequest) -> HttpResponse:
    """Five other words, for the present ones and six digits; every other session ends."""
    officer, offered = pages.officer_of(request), _offered(request)
    form = ChangeForm(_sent(request), offered)
    if form.is_valid():
        try:
            _change(request, officer, offered, form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return pages.page(
                request, "desk/passphrase_changed.html", {"title": "Your passphrase is changed"}
            )
    context = {"title": "Change your passphrase", "form": form, "offered": offered}
    return pages.page(request, "desk/change_passphrase.html", context)


def _set_up(unlocked: Unlocked, words: str, totp: str, digits: str) -> None:
    step = authentication.matching_step(totp, digits)
    if step is None:
        raise ValidationError(
            "These are not the digits of now. Compare your phone's clock with the desk's.",
            code="digits",
        )
    try:
        with throttle.one_derivation():
            accounts.set_up(unlocked=unlocked, words=words, totp=totp, step=step)
    except throttle.Busy:
        raise ValidationError(login.BUSY) from None
    except Refused as refusal:
        raise ValidationError(str(refusal)) from None


def _change(request: HttpRequest, officer: Officer, words: str, data: dict[str, str]) -> None:
    unlocked = login.unlock(request, officer.username, data["password"])
    step = login.step_of(request, unlocked, data["otp_token"])
    if step <= unlocked.officer.key.totp_last:
        raise ValidationError(login.USED)
    try:
        with throttle.one_derivation():
            renewed = accounts.change_passphrase(unlocked=unlocked, words=words, step=step)
    except throttle.Busy:
        raise ValidationError(login.BUSY) from None
    except Refused as refusal:
        raise ValidationError(str(refusal)) from None
    now = Officer.objects.select_related("key").get(pk=officer.pk)
    secrets = authentication.granted_secrets(renewed)
    login.open_session(request, now, desk_keys.judge(secrets, renewed.anchor).true)


def _offered(request: HttpRequest) -> str:
    """The words on offer, the same until others are asked for."""
    if OFFERED not in request.session or "another" in request.POST:
        request.session[OFFERED] = passphrases.new_passphrase()
    return str(request.session[OFFERED])


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" and "another" not in request.POST else None


def _qr(secret: str, officer: Officer) -> SafeString:
    """The second factor for a phone's camera, as an SVG without a style in it."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=officer.username, issuer_name=ISSUER)
    drawn = segno.make(uri, error="m").svg_inline(border=4, omitsize=True)
    return mark_safe(drawn)
