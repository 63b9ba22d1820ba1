"""What gunicorn serves; SERVE says which door."""

import os
from wsgiref.types import WSGIApplication

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from slu_antitrafficking.microcache import MicroCache, own_hosts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slu_antitrafficking.settings")
application: WSGIApplication = get_wsgi_application()
# Whoever works on the pages (DEBUG) wants to see each change at once.
if settings.SERVE == "public" and not settings.DEBUG:
    names = own_hosts(settings.SITE_URL, settings.ALLOWED_HOSTS)
    application = MicroCache(application, names)
