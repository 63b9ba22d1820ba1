"""What an installation has to be told: by options, or in a file of lines NAME=VALUE."""

import argparse
import re
import shlex
from collections.abc import Sequence

from slu_antitrafficking.start.console import Problem
from slu_antitrafficking.start.options import named_path, without_secrets

# Each with what a person is told of it.
NAMES = {
    "PUBLIC_HOST": "the public site's host name",
    "DESK_HOST": "the desk's, another one",
    "CERTIFICATE": "the file of a certificate for both names, with its chain",
    "KEY": "its private key, which root alone may read; both stay where they are",
    "ACME_EMAIL": "or: an address for Let's Encrypt, which then gives the certificate",
    "EMAIL_URL": "how mail leaves (README, Settings); best in the file, it may hold a password",
    "DESK_EMAIL": "addresses that are told that a tip waits",
    "DUTY_EMAIL": "whoever is on duty at night",
    "ALARM_URL": "where a line is posted when somebody in danger waits; best in the file",
    "EXIT_URL": "where *Leave* goes",
}
SECRET = ("EMAIL_URL", "ALARM_URL")
CERTBOTS = "/etc/letsencrypt/live/know-the-signs"
HOST = re.compile(r"(?=.{4,253}$)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
PATH = re.compile(r"/[\w./@+-]+")
# A password with a slash in it would be taken for a host's name, and shown.
URLS = {
    "EMAIL_URL": (
        re.compile(r"(console:|file:|smtps?://([^/?#@]*@)?[\w.-]+(:\d+)?/?(\?[\w.=&@%+-]*)?)?"),
        "smtp://user:password@mail.example.org:587?tls=1; in a password / is %2F, # is %23, ? is"
        " %3F, @ is %40, % is %25, $ is %24",
    ),
    "ALARM_URL": (
        re.compile(r"(https?://[\w.-]+(:\d+)?([/?][^#@]*)?)?"),
        "https://gateway.example.org/alarm, without a password before its host",
    ),
}
# What systemd, a shell and sed all take for itself.
PLAIN = re.compile(r"[^\s'\"\\|`$]*")


def add_to(parser: argparse.ArgumentParser) -> None:
    """An option for each answer, and one for the file."""
    parser.add_argument(
        "--answers", type=named_path, metavar="FILE", help="lines NAME=VALUE of these:"
    )
    for name, what in NAMES.items():
        parser.add_argument(f"--{name.lower().replace('_', '-')}", metavar=name, help=what)


def read(options: argparse.Namespace) -> dict[str, str]:
    """Every answer, options before the file; those not given are empty.

    Raises Problem for one that is missing or that makes no sense.
    """
    file = _lines(options.answers.read_text().splitlines()) if options.answers else {}
    given = {name: value for name in NAMES if (value := getattr(options, name.lower()))}
    found = dict.fromkeys(NAMES, "") | file | given
    _check(found)
    if found["ACME_EMAIL"]:
        found |= {"CERTIFICATE": f"{CERTBOTS}/fullchain.pem", "KEY": f"{CERTBOTS}/privkey.pem"}
    return found | {
        "EMAIL_SERVER": without_secrets(found["EMAIL_URL"]),
        "ALARM_SERVER": without_secrets(found["ALARM_URL"]),
    }


def _lines(lines: Sequence[str]) -> dict[str, str]:
    # As in a shell, "#" begins no comment within a word; no value may hold a space.
    words = [word for line in lines for word in shlex.split(re.sub(r"(^|\s)#.*", "", line))]
    found = dict(word.partition("=")[::2] for word in words)
    if unknown := set(found) - set(NAMES):
        raise Problem(f"The answers know no {min(unknown)}.")
    return found


def _check(found: dict[str, str]) -> None:
    for name, value in found.items():
        if not PLAIN.fullmatch(value):
            raise Problem(f"{name} may hold no space, quote, backslash, bar or dollar sign.")
    for name, (shape, how) in URLS.items():
        if not shape.fullmatch(found[name]):
            raise Problem(f"{name} must look like {how}.")
    for name in ("PUBLIC_HOST", "DESK_HOST"):
        if not HOST.fullmatch(found[name]):
            raise Problem(f"{name} must be a host name like www.example.org: {NAMES[name]}.")
    if found["PUBLIC_HOST"] == found["DESK_HOST"]:
        raise Problem("DESK_HOST needs a name of its own: one that is open to one door only.")
    if bool(found["ACME_EMAIL"]) == bool(found["CERTIFICATE"] or found["KEY"]):
        raise Problem("Either CERTIFICATE and KEY, or ACME_EMAIL.")
    if not found["ACME_EMAIL"] and not all(
        PATH.fullmatch(found[name]) for name in ("CERTIFICATE", "KEY")
    ):
        raise Problem("CERTIFICATE and KEY must both be whole paths of files.")
