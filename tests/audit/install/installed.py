"""An installed server on a booted machine, and what people do at its terminal and its doors."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from slu_antitrafficking.operations import server
from slu_antitrafficking.start.options import ROOT
from tests.attacks.visitor import Clerk
from tests.audit.install.booted_machine import BootedMachine, VisitorByTLS

SITE, DESK = "https://www.example.org", "https://desk.example.org"
MAIL_PORT = 2525
INSTALL = (
    "cd know-the-signs-* && ./run install --yes --public-host www.example.org"
    " --desk-host desk.example.org --certificate /root/site.pem --key /root/site.key"
    f" --desk-email desk@example.org --email-url 'smtp://127.0.0.1:{MAIL_PORT}?from=d@example.org'"
)
POST = """
import socketserver
class Post(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda line: self.wfile.write(line + b"\\r\\n")
        say(b"220 here")
        for line in self.rfile:
            if line[:4].upper() == b"DATA":
                say(b"354 go on")
                while self.rfile.readline() != b".\\r\\n":
                    pass
            say(b"250 taken")
socketserver.ThreadingTCPServer(("127.0.0.1", %d), Post).serve_forever()
"""
POST_UNIT = """
[Service]
ExecStart=python3 /root/post.py
"""
RUN = f"{server.CURRENT}/run"
PAPER = (ROOT / "docs" / "operations.md").read_text()


class Installed(NamedTuple):
    """A machine with the site on it; what was said at its terminal, and in how many seconds."""

    machine: BootedMachine
    certificate: Path
    said: str
    seconds: float

    def visitor(self) -> VisitorByTLS:
        """Somebody with a browser of their own."""
        return VisitorByTLS(self.machine, self.certificate)

    def clerk(self) -> Clerk:
        """The first supervisor."""
        name, words = re.search(r"^account\t(\w+)\t([a-z ]+)", self.said, re.M).groups()
        return Clerk(DESK, name, words, self.visitor())

    def is_well(self) -> bool:
        """Whether both doors answer, and the database behind them."""
        try:
            doors = {self.visitor().ask(f"{url}/health/").status for url in (SITE, DESK)}
        except OSError:
            return False
        return doors == {200}

    def sql(self, statement: str) -> str:
        """What PostgreSQL answers its superuser."""
        ask = f'psql -Atd {server.DATABASE} -c "{statement}"'
        return self.machine.must(f"cd /; runuser -u postgres -- {ask}").strip()


def answers(known: str = "") -> Callable[[str], str | None]:
    """Two people at the terminal, who type back two of the sheets that were shown, now or before;
    nobody has left."""
    seen = known

    def answer(new: str) -> str | None:
        nonlocal seen
        seen += new if new not in seen else ""
        if new.endswith("Type two: "):
            return "two"
        if new.endswith("Enter: nobody.\r\n"):
            return ""
        if asked := re.search(r"(One|Another) sheet, word 1: $", new):
            number = {"One": 1, "Another": 3}[asked[1]]
            return re.search(rf"^recovery-{number}\t([a-z ]+)", seen, re.M)[1]
        return None

    return answer


def on_paper(part: str) -> str:
    """The lines to type of docs/operations.md among which this is."""
    every = re.findall(r"^```sh\n(.*?)^```", PAPER, re.M | re.S)
    (found,) = (text for text in every if part in text)
    return found


def put_certificate(home: Path, days: int = 90) -> None:
    """Of nobody, for both names; the key stays."""
    names = "subjectAltName=DNS:www.example.org,DNS:desk.example.org"
    key = home / "site.key"
    if not key.exists():
        make = ["openssl", "ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", str(key)]
        subprocess.run(make, check=True, capture_output=True)
        key.chmod(0o600)
    request = ["openssl", "req", "-x509", "-key", str(key), "-days", str(days), "-subj", "/CN=site"]
    request += ["-addext", names, "-out", str(home / "site.pem")]
    subprocess.run(request, check=True, capture_output=True)


def put_mail_server(root: Path) -> None:
    """One on the machine itself, which takes every mail and keeps none."""
    (root / "root/post.py").write_text(POST % MAIL_PORT)
    units = root / "etc/systemd/system"
    (units / "post.service").write_text(POST_UNIT)
    (units / "multi-user.target.wants").mkdir(exist_ok=True)
    (units / "multi-user.target.wants/post.service").symlink_to("../post.service")
