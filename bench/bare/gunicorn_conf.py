"""Our own gunicorn's settings, but for the look at our system checks: a bare program has none."""

from slu_antitrafficking import gunicorn_conf

globals().update({k: v for k, v in vars(gunicorn_conf).items() if k != "on_starting"})
