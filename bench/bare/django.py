"""A bare Django project in one file: a plain Form with a tip's fields, one INSERT, a line of HTML.

No middleware but the one that sets Content-Length, no template, no sealing, no event.
"""

import json
import os
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from slu_antitrafficking import env

DJANGO_S_OWN = {"ENGINE": "django.db.backends.postgresql", "CONN_HEALTH_CHECKS": False}
DATABASE = env.database("DATABASE_URL", os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY=os.environ["SECRET_KEY"],
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    DATABASES={"default": DATABASE | DJANGO_S_OWN},
    USE_TZ=True,
)


def _pick(*answers: str) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[(each, each) for each in answers], required=False)


def _text() -> forms.CharField:
    return forms.CharField(required=False, max_length=20_000)


class TipForm(forms.Form):
    """The fields of /report/ as Django has them."""

    what_happened = forms.CharField(max_length=20_000, widget=forms.Textarea)
    danger_now = _pick("yes", "no", "unknown")
    under_18 = _pick("yes", "no", "unknown")
    district = _pick("castries", "gros-islet", "vieux-fort", "elsewhere")
    place = _text()
    relation = _pick("self", "family_friend", "noticed", "worker", "other", "unsaid")
    first_hand = _pick("self", "told", "online", "mixed")
    signs = forms.MultipleChoiceField(
        choices=[(slug, slug) for slug in os.environ["SIGNS"].split(",")], required=False
    )
    when = _text()
    people_harmed = _text()
    people_responsible = _text()
    vehicles_phones_online = _text()
    official_involved = _pick("yes", "no", "unknown")
    reported_before = _text()
    may_share = _pick("yes", "ask")
    answer_language = _pick("en", "es", "fr", "acf", "ht")
    contact_name = _text()
    contact_details = _text()
    contact_safely = _text()
    submission = _text()
    website = _text()


def report(request: HttpRequest) -> HttpResponse:
    """Checks the form and inserts what it holds."""
    form = TipForm(request.POST)
    if not form.is_valid():
        return HttpResponse(form.errors.as_ul(), status=400)
    row, document = uuid4(), json.dumps(form.cleaned_data).encode()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare_tip (id, document) VALUES (%s, %s)", (row, document))
    return HttpResponse(f"<!doctype html><title>Received</title><p>Received: {row}.")


urlpatterns = [path("report/", report)]
application = get_wsgi_application()
