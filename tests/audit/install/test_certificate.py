"""A certificate by ACME, renewed through the installed nginx: with Debian's pebble in the place of
Let's Encrypt, on a booted Debian 12 of its own.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from slu_antitrafficking.operations import server
from slu_antitrafficking.operations.install import plan
from slu_antitrafficking.start.options import ROOT
from tests.audit import bare_machine
from tests.audit.install import booted_machine
from tests.audit.install.booted_machine import SYSTEM, BootedMachine
from tests.running import until

pytestmark = pytest.mark.audit
ANSWERS = (
    "PUBLIC_HOST=www.example.org DESK_HOST=desk.example.org ACME_EMAIL=it@example.org COLOUR=blue"
    " CERTIFICATE=/etc/letsencrypt/live/know-the-signs/fullchain.pem"
    " KEY=/etc/letsencrypt/live/know-the-signs/privkey.pem"
)
# certbot reads it before what it is told: so the lines of the installation stay as they are.
CLI = "server = https://localhost:14000/dir\nno-verify-ssl = true\n"
PEBBLE = {
    "listenAddress": "127.0.0.1:14000",
    "managementListenAddress": "127.0.0.1:15000",
    "certificate": "/root/pebble.pem",
    "privateKey": "/root/pebble.key",
    "httpPort": 80,
    "tlsPort": 443,
}
SERVED = (
    "openssl s_client -connect 127.0.0.1:443 -servername desk.example.org </dev/null 2>/dev/null"
    " | openssl x509 -noout -serial -ext subjectAltName"
)


@pytest.fixture(scope="module")
def machine(folder: Path) -> Iterator[BootedMachine]:
    """nginx as Debian installs it, certbot, and an office for certificates."""
    root = folder / "acme"
    bare_machine.build(root, *SYSTEM)
    bare_machine.must_in(root, f"ACME_EMAIL=x; {plan.PACKAGES.lines} pebble")
    (root / "etc/hosts").write_text("127.0.0.1 localhost www.example.org desk.example.org\n")
    (root / "etc/letsencrypt").mkdir(exist_ok=True)
    (root / "etc/letsencrypt/cli.ini").write_text(CLI)
    (root / "root/pebble.json").write_text(json.dumps({"pebble": PEBBLE}))
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost"]
    request += ["-addext", "subjectAltName=DNS:localhost", "-keyout", "pebble.key"]
    subprocess.run(
        [*request, "-out", "pebble.pem"], cwd=root / "root", check=True, capture_output=True
    )
    release = root / str(server.CURRENT).lstrip("/")
    release.mkdir(parents=True)
    subprocess.run(["cp", "-r", ROOT / "deploy", release], check=True)
    with booted_machine.booted(root) as booted:
        start = "--unit=pebble --setenv=PEBBLE_VA_NOSLEEP=1 --setenv=PEBBLE_WFE_NONCEREJECT=0"
        booted.must(f"systemd-run {start} pebble -config /root/pebble.json")
        until(lambda: booted.call("ss -Htln | grep -q :14000")[0] == 0, 30, "the office")
        yield booted


def test_a_certificate_comes_and_is_renewed_through_our_nginx(machine: BootedMachine) -> None:
    for step in (plan.CERTIFICATE, plan.NGINX):
        code, said = machine.call(f"export {ANSWERS}; set -eu\n{step.lines}")
        assert code == 0, said
    first = until(lambda: machine.call(SERVED)[1], 20, "a certificate")
    assert {"DNS:desk.example.org", "DNS:www.example.org"} == set(re.findall(r"DNS:[\w.]+", first))
    machine.must("certbot renew --force-renewal --no-random-sleep-on-renew")
    until(lambda: machine.call(SERVED)[1] not in ("", first), 20, "the next one, after a reload")
    assert machine.must("systemctl is-enabled certbot.timer") == "enabled\n"
