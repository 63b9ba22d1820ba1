"""What gunicorn serves; SERVE says which door."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "slu_antitrafficking.settings")
application = get_wsgi_application()
