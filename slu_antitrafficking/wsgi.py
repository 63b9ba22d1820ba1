"""What gunicorn serves; SERVE says which door. A mistake of set-up ends it with a sentence."""

import os
import sys

from django.core.checks import run_checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slu_antitrafficking.settings")
application = get_wsgi_application()
if mistakes := run_checks(tags=["start"]):
    print(*(mistake.msg for mistake in mistakes), sep="\n", file=sys.stderr)
    sys.exit(1)
