"""Reads the environment; a value that makes no sense stops the start with one sentence."""

import os
import re
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

# Of libpq. A machine that is gone sends no reset: tcp_user_timeout and the keepalives end the wait.
DATABASE_OPTIONS = (
    *("sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "target_session_attrs"),
    *("keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"),
    "application_name",
)
ENCODED = "/ is %2F, # is %23, ? is %3F, @ is %40, % is %25"


def text(name: str, default: str = "") -> str:
    """The variable's value without surrounding space."""
    return os.environ.get(name, default).strip()


def flag(name: str) -> bool:
    """True for 1, true, yes, on; False for 0, false, no, off and nothing.

    Raises ImproperlyConfigured for any other value.
    """
    value = text(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("", "0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")


def choice(name: str, choices: tuple[str, ...], default: str) -> str:
    """One of the choices. Raises ImproperlyConfigured for any other value."""
    value = text(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def web_address(name: str, default: str) -> str:
    """An http or https address without a trailing slash.

    Raises ImproperlyConfigured for anything else.
    """
    value = (text(name) or default).rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(
            f"{name} must be an address like https://example.org, not {value!r}."
        )
    return value


def alarm_address(name: str) -> str:
    """An https address, or http on this machine, to which an alarm is posted; or none.

    Raises ImproperlyConfigured for anything else: what it says would go over the net in clear.
    """
    value = text(name)
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        fits = bool(parts.hostname and parts.port != 0) and "@" not in parts.netloc
    except ValueError:
        fits = False
    if not fits or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(value))):
        raise ImproperlyConfigured(
            f"{name} must be an address like https://gateway.example.org/alarm, without a password"
            " before its host; http only on this machine."
        )
    return value


def is_loopback(url: str) -> bool:
    """Whether the address can only be reached from this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def mail(name: str) -> dict[str, Any]:
    """Django's settings for smtp://user:password@host:587?tls=1, smtps://, console: or file:; or
    none.

    Raises ImproperlyConfigured for another kind of address or an unknown option.
    """
    value = text(name)
    if value == "file:":
        return {"EMAIL_BACKEND": "slu_antitrafficking.mail_files.EmailBackend"}
    if not value or value.startswith("console:"):
        backend = "console" if value else "dummy"
        return {"EMAIL_BACKEND": f"django.core.mail.backends.{backend}.EmailBackend"}
    try:
        parts = urlsplit(value)
        port, query = parts.port, dict(parse_qsl(parts.query))
        fits = bool(parts.hostname) and not parts.fragment and parts.path in ("", "/")
    except ValueError:  # its words would show a part of the password
        fits = False
    if not fits or parts.scheme not in ("smtp", "smtps") or set(query) - {"tls", "from"}:
        raise ImproperlyConfigured(
            f"{name} must look like smtp://user:password@host:587?tls=1; in a password {ENCODED}."
        )
    secure = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": query.get("tls") == "1" and not secure,
        "DEFAULT_FROM_EMAIL": query.get("from", ""),
    }


def addresses(name: str) -> list[str]:
    """E-mail addresses with commas between them.

    Raises ImproperlyConfigured for one that is none.
    """
    found = [address.strip() for address in text(name).split(",") if address.strip()]
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            raise ImproperlyConfigured(
                f"{name} must be an e-mail address, or several with commas, not {address!r}."
            ) from None
    return found


def database(name: str, url: str) -> dict[str, Any]:
    """Django's settings for postgresql://user:password@host,host2:port/name?host=/folder&sslmode=…

    Raises ImproperlyConfigured for another kind of address or one that names no database.
    """
    parts = urlsplit(url)
    # A password with a slash in it would be taken for a host's name, and shown.
    if parts.scheme not in ("postgres", "postgresql") or not re.fullmatch("/[^/@]+/?", parts.path):
        raise ImproperlyConfigured(
            f"{name} must look like postgresql://user:password@host/name; in a password {ENCODED}."
        )
    query = dict(parse_qsl(parts.query))
    _, _, hosts = parts.netloc.rpartition("@")
    names, ports = [], []
    for host in filter(None, hosts.split(",")):
        address, colon, port = host.rpartition(":")
        names.append(address if colon else host)
        ports.append(port if colon else "5432")
    return {
        "ENGINE": "slu_antitrafficking.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or ",".join(names),
        "PORT": query.get("port") or ",".join(ports),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {k: v for k, v in query.items() if k in DATABASE_OPTIONS},
    }
