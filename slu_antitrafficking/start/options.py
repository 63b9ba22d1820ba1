"""What the environment asks of the starter, and what it hands on to its children."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from slu_antitrafficking.start.console import Problem

ROOT = Path(__file__).resolve().parents[2]
MANAGE = (sys.executable, str(ROOT / "manage.py"))
COLLECTED = ROOT / "collected"  # a release's static files
HOST = "127.0.0.1"

# What only the starter may decide for a child. gunicorn and libpq would otherwise listen to these.
OURS = {
    *("DATABASE_URL", "OWNER_DATABASE_URL", "PUBLIC_DATABASE_URL", "DESK_DATABASE_URL"),
    *(
        "MAIL_DATABASE_URL",
        "OWN_CLUSTER",
        "SECRET_KEY",
        "SERVE",
        "PORT",
        "DESK_PORT",
        "DEMO",
        "LIVE_RELOAD",
    ),
}
FOREIGN = {
    *("GUNICORN_CMD_ARGS", "GUNICORN_FD", "GUNICORN_PID", "FORWARDED_ALLOW_IPS", "SCRIPT_NAME"),
    "WEB_CONCURRENCY",
    "DJANGO_SETTINGS_MODULE",
    "LISTEN_FDS",
    "LISTEN_PID",
    "NOTIFY_SOCKET",
}
# What a door gets of our own environment: its settings, and what a Python needs to run at all.
# Anything else, as a password of root's shell, is nothing that whoever breaks in shall read.
FOR_DOORS = {
    *("PATH", "HOME", "TZ", "TMPDIR", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "VAR", "SITE_URL", "DESK_URL", "EXIT_URL", "ALLOWED_HOSTS"),
    "DEBUG",
}
# Who breaks into the public door, which sends no mail, could send it in the desk's name.
FOR_THE_DESK = {"EMAIL_URL", "DESK_EMAIL", "DUTY_EMAIL", "ALARM_URL"}
SECRET_URLS = {"EMAIL_URL", "ALARM_URL"}
# A demonstration writes to nobody.
MAIL_OF_DEMO = {
    "EMAIL_URL": "file:",
    "DESK_EMAIL": "desk@example.org",
    "DUTY_EMAIL": "duty@example.org",
    "ALARM_URL": "",
}
PREFIXES_FOR_DOORS = ("PYTHON", "COVERAGE_")


@dataclass(frozen=True)
class Options:
    """One start: where things lie, where they answer, whose database it is."""

    var: Path
    port: int
    desk_port: int
    site_url: str
    desk_url: str
    database_url: str  # empty: our own PostgreSQL
    door_database_urls: Mapping[str, str] = field(default_factory=dict)  # of those that are told
    runtime_directory: str = ""  # empty: the sockets lie in $VAR
    backup_folder: str = ""  # empty: in $VAR
    backup_recipient_file: str = ""  # empty: the database is asked to whom to seal
    demo: bool = False
    live_reload: bool = False

    @property
    def sockets(self) -> Path:
        """The folder of the doors' unix sockets."""
        return Path(self.runtime_directory or self.var / "sockets")

    def environment(self, **more: str) -> dict[str, str]:
        """What every child gets, and `more`."""
        mine = {"VAR": str(self.var), "SITE_URL": self.site_url, "DESK_URL": self.desk_url}
        if self.demo:
            mine |= {"DEMO": "1", **MAIL_OF_DEMO}
        if self.live_reload:
            mine["LIVE_RELOAD"] = "1"
        return clean_environment() | mine | more

    def door_environment(self, **more: str) -> dict[str, str]:
        """What a door gets, and `more`; with SERVE=desk whether mail leaves, too."""
        its_own = FOR_THE_DESK if more.get("SERVE") == "desk" else set()
        found = {
            name: value
            for name, value in self.environment(**more).items()
            if name in FOR_DOORS | OURS | its_own | set(more) or name.startswith(PREFIXES_FOR_DOORS)
        }
        # It writes into the outbox and needs to know no more than that there is a way out.
        secret = {name: without_secrets(found[name]) for name in SECRET_URLS & set(found)}
        return found | secret


def from_environment() -> Options:
    """The options. Raises Problem for a value that makes no sense."""
    port = _number("PORT", 8000, 65535)
    desk_port = _number("DESK_PORT", port + 1, 65535)
    _number("WEB_MACHINES", 1, 100)
    if port == desk_port:
        raise Problem(f"PORT and DESK_PORT must differ; both are {port}.")
    return Options(
        var=Path(_text("VAR") or ROOT / "var").resolve(),
        port=port,
        desk_port=desk_port,
        site_url=_text("SITE_URL") or f"http://{HOST}:{port}",
        desk_url=_text("DESK_URL") or f"http://{HOST}:{desk_port}",
        database_url=_text("DATABASE_URL"),
        door_database_urls=_door_database_urls(),
        # systemd's name for what RuntimeDirectory= made; it may hold several, with colons.
        runtime_directory=_text("RUNTIME_DIRECTORY").partition(":")[0],
        backup_folder=_text("BACKUP_FOLDER"),
        backup_recipient_file=_text("BACKUP_RECIPIENT_FILE"),
    )


def without_secrets(url: str) -> str:
    """The address without its user, password, path and query, any of which may be one."""
    parts = urlsplit(url)
    if not parts.netloc:
        return url
    netloc = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=netloc, path="", query="", fragment="").geturl()


def clean_environment() -> dict[str, str]:
    """Our own environment without what belongs to one child alone."""
    return {
        name: value
        for name, value in os.environ.items()
        if name not in OURS | FOREIGN and not name.startswith("PG")
    }


def named_path(text: str) -> Path:
    """A file or folder as it was typed where ./run was called; it works in a folder of its own."""
    return Path(os.environ.get("CALLED_IN", ""), text)


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()


def _door_database_urls() -> dict[str, str]:
    names = {kind: f"{kind.upper()}_DATABASE_URL" for kind in ("public", "desk", "mail")}
    told = {kind: url for kind, name in names.items() if (url := _text(name))}
    if told and not _text("DATABASE_URL"):
        raise Problem(f"{names[next(iter(told))]} goes with DATABASE_URL, the owner's, alone.")
    return told


def _number(name: str, default: int, most: int) -> int:
    value = _text(name) or str(default)
    if not value.isascii() or not value.isdigit() or not 0 < int(value) <= most:
        raise Problem(f"{name} must be a number from 1 to {most}, not {value!r}.")
    return int(value)
