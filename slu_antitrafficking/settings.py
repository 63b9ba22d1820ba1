"""The whole configuration, from the environment alone (README, "Settings")."""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

import slu_antitrafficking
from slu_antitrafficking import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("VAR", str(BASE_DIR / "var"))).resolve()
# The first one-time words and the recovery sheets; both go once two sheets were typed back.
FIRST_SUPERVISOR_FILE = VAR / slu_antitrafficking.FIRST_SUPERVISOR_FILE
RECOVERY_SHEETS_FILE = VAR / slu_antitrafficking.RECOVERY_SHEETS_FILE

# Which door this process is: the public site, the desk, or (tests and commands only) both.
SERVE = env.choice("SERVE", ("public", "desk", "both"), "both")
# Only ./run dev sets it: gunicorn begins anew at each change, and the browser with it.
LIVE_RELOAD = env.flag("LIVE_RELOAD")
DEBUG = LIVE_RELOAD or env.flag("DEBUG")
DEMO = env.flag("DEMO")
SECRET_KEY = env.text("SECRET_KEY") or (
    "for commands and tests only, never for a door" if SERVE == "both" else ""
)
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY must be set: each door needs one of its own.")

SITE_URL = env.web_address("SITE_URL", "http://127.0.0.1:8000")
DESK_URL = env.web_address("DESK_URL", "http://127.0.0.1:8001")
EXIT_URL = env.web_address("EXIT_URL", "https://www.google.com/search?q=weather")


ON_LOOPBACK = env.is_loopback(SITE_URL) and env.is_loopback(DESK_URL)
ALLOWED_HOSTS = [host for host in env.text("ALLOWED_HOSTS").split(",") if host] or list(
    {str(urlsplit(url).hostname) for url in (SITE_URL, DESK_URL)}
    | ({"localhost", "127.0.0.1", "[::1]"} if ON_LOOPBACK else set())
)

INSTALLED_APPS = [
    "campaign",
    "tips",  # before Django's auth, whose commands for passwords it replaces
    "slu_antitrafficking.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
]

MIDDLEWARE = [
    "slu_antitrafficking.middleware.SecurityHeaders",
    "slu_antitrafficking.static_files.StaticFiles",
    "slu_antitrafficking.middleware.Bodies",
    "django.middleware.gzip.GZipMiddleware",
    "slu_antitrafficking.middleware.PublicCaching",
    "slu_antitrafficking.middleware.Language",
    "slu_antitrafficking.middleware.NotAllowed",
    "slu_antitrafficking.middleware.DeskOnly",
    "django.middleware.common.CommonMiddleware",
]
if LIVE_RELOAD:
    INSTALLED_APPS += ["django_browser_reload"]
    MIDDLEWARE += ["django_browser_reload.middleware.BrowserReloadMiddleware"]
# What the desk needs; DeskOnly runs these for /desk/ alone, so no public answer sets a cookie.
DESK_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tips.admin.too_large.TooLarge",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "slu_antitrafficking.urls"
WSGI_APPLICATION = "slu_antitrafficking.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "slu_antitrafficking.context.site",
                "slu_antitrafficking.context.desk",
            ],
        },
    },
]
CRISPY_TEMPLATE_PACK = "site"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("site",)

# Commands get OWNER_DATABASE_URL; the two doors never have it.
_DATABASE = "OWNER_DATABASE_URL" if env.text("OWNER_DATABASE_URL") else "DATABASE_URL"
if not env.text(_DATABASE):
    raise ImproperlyConfigured("DATABASE_URL must be set (./run run makes one by itself).")
DATABASES = {"default": env.database(_DATABASE, env.text(_DATABASE))}
# For housekeeping alone, from the starter: whether the passwords of the doors and of the mail
# process still hold, and whether the server is ours to set right.
DOOR_DATABASE_URLS = {
    kind: env.text(f"{kind.upper()}_DATABASE_URL")
    for kind in ("public", "desk", "mail")
    if SERVE == "both" and env.text(f"{kind.upper()}_DATABASE_URL")
}
OWN_CLUSTER = env.flag("OWN_CLUSTER")
# An installed server, where nobody has a password and the superuser alone makes roles.
BY_PEER = OWN_CLUSTER and not DOOR_DATABASE_URLS
# For housekeeping too: where sealed backups are noted, and to whom they are sealed.
BACKUP_FOLDER = env.text("BACKUP_FOLDER")
BACKUP_RECIPIENT_FILE = env.text("BACKUP_RECIPIENT_FILE")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tips.Officer"
AUTHENTICATION_BACKENDS = ["tips.access.backend.PassphraseBackend"]

_PREFIX = "" if ON_LOOPBACK else "__Host-"
_PATH = "/desk/" if ON_LOOPBACK else "/"
SESSION_ENGINE = "tips.access.sessions"
SESSION_COOKIE_NAME = f"{_PREFIX}desk"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = _PATH
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not ON_LOOPBACK
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 30 * 60  # idle; tips.access.sessions adds the 12 hours at most
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_PREFIX}desk-csrf"
CSRF_COOKIE_AGE = None
CSRF_FAILURE_VIEW = "tips.admin.accounts.csrf.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

DESK_EMAIL = env.addresses("DESK_EMAIL")
DUTY_EMAIL = env.addresses("DUTY_EMAIL")
ALARM_URL = env.alarm_address("ALARM_URL")
_MAIL = env.mail("EMAIL_URL")
# There is a way out: enough for mails to officers, whose addresses stand in their accounts.
MAIL_LEAVES = bool(env.text("EMAIL_URL"))
# And an address that is told of changes waiting for a second person.
DESK_IS_MAILED = MAIL_LEAVES and bool(DESK_EMAIL)
EMAIL_BACKEND = _MAIL["EMAIL_BACKEND"]
EMAIL_HOST = _MAIL.get("EMAIL_HOST", "")
EMAIL_PORT = _MAIL.get("EMAIL_PORT", 0)
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10  # seconds for each answer
# Where EMAIL_URL=file: writes its mails.
MAIL_FOLDER = VAR / slu_antitrafficking.MAIL_FOLDER
DEFAULT_FROM_EMAIL = _MAIL.get("DEFAULT_FROM_EMAIL") or next(
    iter([*DESK_EMAIL, *DUTY_EMAIL]), "desk@localhost"
)

FILE_UPLOAD_HANDLERS = [
    "campaign.uploads.PictureUploadHandler",  # at the desk alone, one field
    "tips.public.uploads.PhotoUploadHandler",
]
# Text that comes back whole in the form; more is a 413. What an officer types, with what is carried
# through a log-in, is refused by its own box long before.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4_000_000 if SERVE == "desk" else 1_250_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 200  # tips.public.uploads keeps five; the rest are named on the page

LANGUAGE_CODE = "en"
# A language stands here from the day its pages are published.
LANGUAGES = [("en", "English"), ("es", "Español"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "slu_antitrafficking" / "locale"]
FORMAT_MODULE_PATH = ["slu_antitrafficking.formats"]
TIME_ZONE = "America/St_Lucia"
USE_TZ = True

STATIC_URL = "/static/"
# A release brings its own, and serves those of the releases beside it, too: a page that was opened
# before an upgrade may ask for them after it.
RELEASE_STATIC = BASE_DIR / "collected"
STATIC_ROOT = RELEASE_STATIC if RELEASE_STATIC.is_dir() else VAR / "static"
OTHER_STATIC_ROOTS = (
    sorted(set(BASE_DIR.parent.glob("*/collected")) - {RELEASE_STATIC})
    if STATIC_ROOT == RELEASE_STATIC
    else []
)
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "slu_antitrafficking.static_files.Storage"
        if SERVE != "both"
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
# No address without a hash is given out; to compress those files too takes as long again.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000

SECURE_PROXY_SSL_HEADER = None if ON_LOOPBACK else ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = False
SILENCED_SYSTEM_CHECKS = [
    # These look into MIDDLEWARE and the templates; ours run for /desk/ alone (DESK_MIDDLEWARE).
    *("admin.E404", "admin.E408", "admin.E409", "admin.E410", "security.W003"),
    # SecurityHeaders stands in the place of Django's two middlewares for headers.
    *("security.W001", "security.W002"),
]

# No request, no message, no arguments: the level, the logger, the exception's class and its line.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"bare": {"()": "slu_antitrafficking.logs.BareFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "bare"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
    },
}
