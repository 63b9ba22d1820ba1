"""An officer's own account: out, out everywhere, and the recovery key typed back."""

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tips.access import accounts, recovery
from tips.admin import pages
from tips.admin.accounts import login
from tips.models import Event

# What a browser may have kept of the desk goes, except the cookies: those were just deleted.
CLEAR = '"cache", "storage"'


def log_out(request: HttpRequest) -> HttpResponse:
    """This session is gone; GET changes nothing."""
    if request.method != "POST":
        return pages.SeeOther("../")
    return _left(request, "You are logged out.")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Every session of this officer is gone."""
    officer = pages.officer_of(request)
    accounts.sign_out_everywhere(officer=officer, by=officer)
    return _left(request, "You are signed out on every machine.")


class RecoveryForm(forms.Form):
    """The recovery key, as it stands on paper."""

    use_required_attribute = False

    recovery_key = forms.CharField(
        label="Recovery key",
        max_length=200,
        error_messages={"required": "Type the recovery key from the paper."},
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "autocomplete": "off",
                "autocapitalize": "characters",
                "autocorrect": "off",
                "spellcheck": "false",
            }
        ),
    )


@sensitive_post_parameters()
def recovery_key(request: HttpRequest) -> HttpResponse:
    """Typed back from paper by a supervisor: then the file of the first start is deleted."""
    officer = pages.officer_of(request)
    if not officer.is_supervisor:
        raise PermissionDenied
    form = RecoveryForm(request.POST or None)
    kept = False
    if form.is_valid():
        kept = recovery.typed_back(form.cleaned_data["recovery_key"], by=officer.username)
        if not kept:
            form.add_error(
                "recovery_key",
                "This is not the recovery key: a character is wrong or missing. Compare it group"
                " by group with the paper.",
            )
    context = {
        "title": "Recovery key",
        "form": form,
        "kept": kept,
        "last": Event.objects.filter(verb=Event.Verb.RECOVERY_KEPT).order_by("-at").first(),
    }
    return pages.page(request, "desk/recovery.html", context)


def _left(request: HttpRequest, sentence: str) -> HttpResponse:
    request.session.flush()
    request.user = AnonymousUser()
    response = login.log_in_page(request, notice=sentence, next="", carried="")
    response.headers["Clear-Site-Data"] = CLEAR
    return response
