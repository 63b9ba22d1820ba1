"""A release's users and folders, and what it tells PostgreSQL and nginx, in the place of another's.

The new release settles itself before its doors start, and the old one again where it goes back.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from slu_antitrafficking.operations import server, shell
from slu_antitrafficking.operations.install import plan
from slu_antitrafficking.start.options import ROOT, clean_environment

NGINX = Path("/etc/nginx/nginx.conf")
KEPT = Path("/etc/nginx/nginx.conf.new")  # what was not put in the place of somebody's own
# What somebody changed by hand stays: it may be what keeps strangers from the desk. nginx is
# reloaded by the swap, with what was tried here.
LINES = f"""\
{plan.USERS.lines}
{plan.POSTGRESQL.lines}
systemctl reload postgresql
install -D -m 644 deploy/journald@know-the-signs.conf /etc/systemd/
cp -r deploy/nginx/errors /etc/nginx/know-the-signs/
{plan.CONFIGURED}
configured . > {KEPT}
if cmp -s {KEPT} {NGINX}
then rm {KEPT}
elif configured $BEFORE | cmp -s - {NGINX}
then
  nginx -t -c {KEPT}
  mv {KEPT} {NGINX}
fi"""


def settle(before: Path) -> None:
    """This release after the one in that folder. Raises Problem when one of the lines fails."""
    environment = clean_environment() | {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    told = _answers() | {"BEFORE": str(before)}
    with Path(os.devnull).open() as lock:  # the upgrade's own is held by whatever it starts
        shell.run("Settings", LINES, environment | told, ROOT, lock.fileno())


def kept() -> str:
    """What to do where nginx's configuration is somebody's own."""
    return (
        f"{NGINX} was changed by hand and stays. Bring your change into {KEPT}, then:\n"
        f"nginx -t -c {KEPT} && mv {KEPT} {NGINX} && systemctl reload nginx"
    )


def _answers() -> dict[str, str]:
    """What the installation was told, as far as it is needed here."""
    common = server.settings("common")
    text = NGINX.read_text()
    files = {
        name: found[1] if (found := re.search(rf"^\s*{line} (\S+);", text, re.MULTILINE)) else ""
        for name, line in {"CERTIFICATE": "ssl_certificate", "KEY": "ssl_certificate_key"}.items()
    }
    return files | {
        "PUBLIC_HOST": str(urlsplit(common["SITE_URL"]).hostname),
        "DESK_HOST": str(urlsplit(common["DESK_URL"]).hostname),
    }
