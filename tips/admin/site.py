"""The desk itself: Django's admin with our own log-in, frame, and pages."""

from collections.abc import Callable
from datetime import timedelta
from functools import update_wrapper
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect

from tips.access import desk_keys
from tips.admin import alarms, dashboard, pages, red_lines, watched
from tips.admin.accounts import log_out, login, recovery_sheets, set_up
from tips.admin.accounts.officers import OfficerAdmin
from tips.admin.oversight.trail import EventAdmin
from tips.admin.triage import pile_views
from tips.admin.triage.queue import TipAdmin
from tips.crypto import active_key
from tips.models import DeskKeyGrant, Event, Mail, Officer, Tip

View = Callable[..., HttpResponse]
LET_IN_LATELY = timedelta(days=7)
REFUSALS = {
    403: (
        "This page is not open to you",
        "Your role does not have it. If your work needs it, ask a supervisor.",
    ),
    404: (
        "There is no such page",
        "The address may be old or mistyped, or what it leads to is not open to you.",
    ),
}


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The view's answer. Raises BadRequest for an address that the database can make nothing of."""
    if any("\0" in value for values in request.GET.lists() for value in values[1]):
        raise BadRequest("a NUL in the address")
    try:
        return view(request, *args, **kwargs)
    except (PermissionDenied, Http404) as refusal:
        return _refusal(request, 403 if isinstance(refusal, PermissionDenied) else 404)


def _refusal(request: HttpRequest, status: int) -> HttpResponse:
    """The page for this status in the desk's frame; it does not say whether there is such a tip."""
    title, advice = REFUSALS[status]
    answer = pages.page(request, "desk/refused.html", {"title": title, "advice": advice})
    answer.status_code = status
    return answer


class DeskSite(AdminSite):
    """Every page behind one log-in; what was typed when it ended is carried through the next."""

    site_header = "The desk"
    site_title = "The desk"
    index_title = "Start"
    index_template = "desk/start.html"
    site_url = None
    enable_nav_sidebar = False

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # Here and not in the package: importing it is what makes the site.
        self.register(Tip, TipAdmin)
        self.register(Officer, OfficerAdmin)
        self.register(Event, EventAdmin)

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # type: ignore[override]
        """Asks to log in first; a POST's words come along."""

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            notice = ""
            if self.has_permission(request):
                judged = _judge_changed_keys(request)
                if judged is None or not _would_get_another(request, judged):
                    return _answer(view, request, *args, **kwargs)
                notice = login.NEW_KEY
                request.session.flush()
                request.user = AnonymousUser()
            if request.method == "POST":
                return login.ask_to_log_in(request, notice=notice)
            return pages.SeeOther(pages.log_in_url(request, new_key=bool(notice)))

        return update_wrapper(csrf_protect(never_cache(inner)), view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        return [
            path("set-up/", never_cache(set_up.set_up), name="set_up"),
            path("recovery/", self.admin_view(recovery_sheets.screen), name="recovery"),
            path("pile/", self.admin_view(pile_views.start), name="pile"),
            path("pile/end/", self.admin_view(pile_views.end), name="pile_end"),
            path("pile/undo/", self.admin_view(pile_views.undo), name="pile_undo"),
            path("pile/<uuid:pk>/leave/", self.admin_view(pile_views.leave), name="pile_leave"),
            path("carry-on/", never_cache(csrf_protect(login.carry_on)), name="carry_on"),
            path("sign-out-everywhere/", self.admin_view(log_out.sign_out), name="sign_out"),
            path("alarms/", self.admin_view(alarms.screen), name="alarms"),
            path("alarms/on-it/", self.admin_view(alarms.on_it), name="on_it"),
            path("alarms/test/", self.admin_view(alarms.test_alarm), name="test_alarm"),
            path("alarms/digits/", self.admin_view(alarms.read_digits), name="morning_digits"),
            path("health/", watched.word, name="word"),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """What every page shows: the red lines above all."""
        context = super().each_context(request)
        if not context["has_permission"]:
            return context
        return (
            context
            | red_lines.context(request)
            | {
                "name_tag": pages.name_tag(pages.officer_of(request)),
                "queue_query": request.session.get(pages.QUEUE, ""),
            }
        )

    def index(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().index(request, dashboard.context(request) | (extra_context or {}))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return never_cache(csrf_protect(login.log_in))(request)

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Out, and nothing stays behind in the browser."""
        return log_out.log_out(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return set_up.change_passphrase(request)

    def second_persons(self, first: str) -> list[str]:
        """Who edits the site and is independent of this account: neither let the other in lately.

        To let in is to add an account or to give it access, within the last seven days.
        """
        let_in = Event.objects.filter(
            verb__in=(Event.Verb.ACCOUNT_ADDED, Event.Verb.ACCESS_GIVEN),
            at__gte=timezone.now() - LET_IN_LATELY,
        )
        close = {first, *let_in.filter(by=first).values_list("about", flat=True)}
        close |= {*let_in.filter(about=first).values_list("by", flat=True)}
        officers = Officer.objects.filter(is_active=True, key__isnull=False)
        editors = [one for one in officers if one.has_perm("campaign.change_text")]
        return [one.username for one in editors if one.username not in close]

    def record_content_change(self, *, by: str, about: str) -> None:
        """One event: who changed what of the site, by its kind and slug."""
        Event.objects.record(Event.Verb.CONTENT_CHANGED, by=by, about=about)

    def mail_desk(self, *, words: str, about_number: bool) -> bool:
        """Whether DESK_EMAIL is told that a change waits."""
        if settings.DESK_IS_MAILED:
            kind = Mail.Kind.NUMBER if about_number else Mail.Kind.CHANGE
            Mail.objects.post(kind, settings.DESK_EMAIL, words)
        return settings.DESK_IS_MAILED

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The lists as people call them; tips have their queue instead."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["name"] = {"tips": "The desk", "campaign": "The site"}.get(
                app["app_label"], capfirst(app["name"])
            )
            app["models"] = [m for m in app["models"] if m["object_name"] != "Tip"]
        return [app for app in apps if app["models"]]


def _judge_changed_keys(request: HttpRequest) -> desk_keys.Judgement | None:
    """Judges the desk keys if they changed since this session began; None where they did not.

    A key that nobody at the desk made, or an old one that is active again, is then retired.
    """
    held = pages.held_by(request)
    try:
        if not held or _is_end(active_key.current().kid, held):
            return None
    except active_key.NoDeskKey:
        return None
    judged = desk_keys.judge_newer(held)
    if desk_keys.set_right(judged):
        red_lines.look_for_false_keys(request)
    return judged


def _would_get_another(request: HttpRequest, judged: desk_keys.Judgement) -> bool:
    """Whether a log-in would bring a desk key that this session does not hold."""
    granted = DeskKeyGrant.objects.filter(officer_key__officer=pages.officer_of(request))
    return granted.filter(desk_key__in=list(judged.lacking)).exists()


def _is_end(kid: bytes, held: dict[bytes, bytes]) -> bool:
    """Whether the key is the newest held, and no row claims to succeed it."""
    newest = next(reversed(held)) == kid
    return newest and not active_key.has_claimed_successor(kid)
