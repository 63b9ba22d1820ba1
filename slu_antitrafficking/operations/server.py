"""Where things lie on an installed server, and as whom its parts run: each name in one place.

The files below `deploy/` say the same names; a test compares them.
"""

from pathlib import Path

HOME = Path("/opt/know-the-signs")
RELEASES = HOME / "releases"
CURRENT = HOME / "current"  # the release that serves, for commands
COLOURS = ("blue", "green")  # each a link in HOME to a release, and an instance of both doors
SETTINGS = Path("/etc/know-the-signs")
RECIPIENT = SETTINGS / "backup-recipient.txt"
VAR = Path("/var/lib/know-the-signs")
SPOOL = Path("/var/spool/know-the-signs")  # sealed files that wait to be pushed: wal/ and dumps/
SOCKETS = Path("/run/know-the-signs")
UPSTREAMS = Path("/etc/nginx/know-the-signs/upstreams.conf")  # names the colour that serves
DATABASE = "know_the_signs"
OWNER_USER, OWNER_ROLE = "kts-owner", "kts_owner"
USERS = {  # of the machine, and the role that each is in the database
    "kts-public": "know_the_signs_public",
    "kts-desk": "know_the_signs_desk",
    "kts-mail": "know_the_signs_mail",
    OWNER_USER: OWNER_ROLE,
}


def is_installed(tree: Path) -> bool:
    """Whether this tree is a release that `./run install` or an upgrade put there."""
    return tree.parent == RELEASES


def serving() -> str:
    """The colour that nginx passes visitors to; before the first install the first of them."""
    text = UPSTREAMS.read_text() if UPSTREAMS.exists() else ""
    return next((colour for colour in COLOURS if f"public-{colour}.sock" in text), COLOURS[0])


def socket(serve: str, colour: str) -> Path:
    """Where this door of this colour listens."""
    return SOCKETS / f"{serve}-{colour}.sock"


def settings(*names: str) -> dict[str, str]:
    """What the files of these names in SETTINGS say, the later ones last; root alone reads them."""
    lines = [
        line
        for name in names
        for line in (SETTINGS / f"{name}.env").read_text().splitlines()
        if "=" in line and not line.startswith("#")
    ]
    return dict(line.split("=", 1) for line in lines)
