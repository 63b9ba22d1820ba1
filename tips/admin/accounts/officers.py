"""Accounts: who works at the desk, in which role, and the one-time words that let them in."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST

from slu_antitrafficking.change_lists import OwnFiltersAlone
from slu_antitrafficking.refusal import Refused
from tips.access import accounts, throttle
from tips.admin import pages, red_lines
from tips.admin.accounts import login, losses
from tips.models import Officer, OfficerKey
from tips.models.vocabulary import Language
from tips.templatetags.desk import minute

NO_PASSWORDS = (
    "There are no passwords to set here. Give access: it makes one-time words, and everything that"
    " opened before stops opening."
)


class OfficerForm(forms.ModelForm):
    """An account's columns; the languages are ticked."""

    reads = forms.MultipleChoiceField(
        label="Reads",
        choices=[(language.value, language.english) for language in Language],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


class OfficerAdmin(OwnFiltersAlone):
    """Supervisors add accounts, change roles, give access and take it away; nothing is deleted."""

    list_display = ("username", "role", "access", "last_login_at")
    list_display_links = ("username",)
    sortable_by = ()
    actions = None
    empty_value_display = ""
    form = OfficerForm
    fields = ("username", "role", "email", "reads")
    radio_fields = {"role": admin.VERTICAL}
    list_select_related = ("key",)
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        """The list, the form, and one address for each thing that can be done to an account."""
        site = self.admin_site
        done = (
            ("give-access", give_access),
            ("deactivate", deactivate),
            ("activate", activate),
            ("sign-out", sign_out),
            ("password", no_passwords),
        )
        return [
            path("", site.admin_view(self.changelist_view), name="tips_officer_changelist"),
            path("add/", site.admin_view(self.add_view), name="tips_officer_add"),
            *(
                path(f"<uuid:pk>/{name}/", site.admin_view(view), name=f"tips_officer_{name}")
                for name, view in done
            ),
            path("<str:object_id>/", site.admin_view(self.change_view), name="tips_officer_change"),
            path(
                "<str:object_id>/history/",
                site.admin_view(self.history_view),
                name="tips_officer_history",
            ),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Officer | None = None) -> Any:
        """A name stays: the trail knows people by it."""
        return ("username",) if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Officer]:
        """With the keys, for the column that tells who has access."""
        return super().get_queryset(request).select_related("key")

    def save_model(self, request: HttpRequest, obj: Officer, form: Any, change: bool) -> None:
        """A role changes through access, which ends what the old role could open."""
        by, wanted = pages.officer_of(request), form.cleaned_data
        if not change:
            accounts.add(officer=obj, by=by)
            return
        if "email" in form.changed_data:
            accounts.change_email(officer=obj, email=wanted["email"], by=by)
        if "reads" in form.changed_data:
            accounts.change_languages(officer=obj, reads=wanted["reads"], by=by)
        if "role" in form.changed_data:
            held = pages.held_by(request)
            held = accounts.change_role(officer=obj, role=wanted["role"], by=by, held=held)
            pages.keep_keys(request, held)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The form; a refusal is a sentence on it, and what a role takes away is asked first."""
        try:
            return self._ask_about_role(request, *args) or super().changeform_view(
                request, *args, **kwargs
            )
        except Refused as refusal:
            messages.error(request, str(refusal))
            return pages.SeeOther(request.path)

    def _ask_about_role(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        """The page that says what the chosen role takes away; None where it takes nothing."""
        role = request.POST.get("role", "")
        officer = self.get_object(request, args[0]) if args and args[0] else None
        if officer is None or role not in Officer.Role or "sure" in request.POST:
            return None
        if not self.has_change_permission(request, officer):
            return None
        found = losses.of_role(officer, role, pages.officer_of(request))
        if found is None:
            return None
        label = f"Make {officer} {Officer.Role(role).label.partition(':')[0].lower()}"
        return _ask(request, officer, found, "Change the role of", label)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def response_add(self, request: HttpRequest, obj: Officer, *args: Any) -> HttpResponse:
        """On to giving access: without it the account opens nothing."""
        messages.success(request, f"Added {obj}. Now give access.")
        return pages.SeeOther(reverse("admin:tips_officer_change", args=(obj.pk,)))

    @admin.display(description="Access")
    def access(self, officer: Officer) -> str | SafeString:
        """Whether the officer gets in, and with what."""
        if not officer.is_active:
            return "Deactivated"
        key = getattr(officer, "key", None)
        if key is None:
            return format_html('<span class="late">{}</span>', "None yet")
        if not key.is_one_time:
            return "Set up"
        if key.has_expired():
            return format_html('<span class="late">{}</span>', "One-time words are over")
        return f"One-time words until {minute(key.one_time_until)}"

    @admin.display(description="Last here")
    def last_login_at(self, officer: Officer) -> str:
        """When the officer last logged in, to the minute."""
        return minute(officer.last_login)


Act = Callable[[HttpRequest, Officer], HttpResponse]


def _on_account(act: Act) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """A supervisor's POST on one account; a refusal is a sentence on the account's page."""
    return require_POST(_on_account_or_asked(act))


def _on_account_or_asked(act: Act) -> Callable[[HttpRequest, UUID], HttpResponse]:
    """The same for an act that shows before what it will do."""

    @wraps(act)
    def view(request: HttpRequest, pk: UUID) -> HttpResponse:
        if not pages.officer_of(request).is_supervisor:
            raise PermissionDenied
        officer = Officer.objects.filter(pk=pk).first()
        if officer is None:
            raise Http404
        try:
            return act(request, officer)
        except (Refused, throttle.Busy) as refusal:
            busy = isinstance(refusal, throttle.Busy)
            messages.error(request, login.BUSY if busy else str(refusal))
            return _back(officer)

    return view


def _ask(
    request: HttpRequest, officer: Officer, found: losses.Losses, heading: str, button: str
) -> HttpResponse:
    """What will happen to whom, and the press that does it, with what else was typed."""
    ours = ("csrfmiddlewaretoken", "sure")
    context = {
        "title": f"{heading} {officer}",
        "heading": heading,
        "officer": officer,
        "losses": found,
        "button": button,
        "path": request.path,
        "typed": [
            (name, value)
            for name, values in request.POST.lists()
            if name not in ours
            for value in values
        ],
    }
    return pages.page(request, "desk/account_confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_on_account_or_asked
def give_access(request: HttpRequest, officer: Officer) -> HttpResponse:
    """GET: what somebody loses by it. POST: one-time words, shown this once."""
    if request.method != "POST":
        found = losses.of_new_access(officer, pages.officer_of(request))
        return _ask(request, officer, found, "Give new access to", "Give new access")
    with throttle.one_derivation():
        given = accounts.give_access(
            officer=officer, by=pages.officer_of(request), held=pages.held_by(request)
        )
    pages.keep_keys(request, given.held)
    red_lines.look_for_false_keys(request)
    context = {
        "title": f"Access for {officer}",
        "officer": officer,
        "words": given.words,
        "until": timezone.now() + OfficerKey.ONE_TIME_FOR,
    }
    return pages.page(request, "desk/access_given.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@_on_account_or_asked
def deactivate(request: HttpRequest, officer: Officer) -> HttpResponse:
    """GET: what somebody loses by it. POST takes the officer's key, grants and sessions, and makes
    a new desk key where they had one."""
    if request.method != "POST":
        found = losses.of_deactivating(officer, pages.officer_of(request))
        return _ask(request, officer, found, "Deactivate", "Deactivate")
    held = accounts.deactivate(
        officer=officer, by=pages.officer_of(request), held=pages.held_by(request)
    )
    pages.keep_keys(request, held)
    red_lines.look_for_false_keys(request)
    messages.success(request, f"Deactivated: {officer} opens nothing any more.")
    return _back(officer)


@_on_account
def activate(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Lets the account be given access again."""
    accounts.activate(officer=officer, by=pages.officer_of(request))
    messages.success(request, f"Active again: {officer}. Now give access.")
    return _back(officer)


@_on_account
def sign_out(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Ends the officer's sessions; their passphrase still opens."""
    accounts.sign_out_everywhere(officer=officer, by=pages.officer_of(request))
    messages.success(request, f"Signed out everywhere: {officer}.")
    return _back(officer)


def no_passwords(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where Django has a password page: what to do instead."""
    messages.info(request, NO_PASSWORDS)
    return pages.SeeOther(reverse("admin:tips_officer_change", args=(pk,)))


def _back(officer: Officer) -> HttpResponse:
    return pages.SeeOther(reverse("admin:tips_officer_change", args=(officer.pk,)))
