"""What gunicorn serves; SERVE says which door."""

import gc
import os
import traceback
from importlib import import_module
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.template import engines
from gunicorn.util import make_fail_app

from slu_antitrafficking.microcache import MicroCache, own_hosts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slu_antitrafficking.settings")


def load() -> WSGIApplication:
    """The door's application, behind its cache where there is one."""
    django = get_wsgi_application()
    # Before the workers are forked, who then share it; a mistake ends the start, not a request.
    import_module(settings.ROOT_URLCONF)
    # Loaded with the first page, else.
    engines.all()
    import_module("markdown_it")
    gc.freeze()  # a collection would write to every page that they share
    # Whoever works on the pages (DEBUG) wants to see each change at once.
    if settings.SERVE != "public" or settings.DEBUG:
        return django
    return MicroCache(django, own_hosts(settings.SITE_URL, settings.ALLOWED_HOSTS))


application: WSGIApplication
try:
    application = load()
except Exception:
    if os.environ.get("LIVE_RELOAD") != "1":
        raise
    # What broke while somebody works on it is shown in the browser until it is mended.
    application = make_fail_app(traceback.format_exc())
