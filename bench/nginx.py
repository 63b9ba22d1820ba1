"""An nginx with the configuration that an operator will use, and one with nearly none."""

import os
import pwd
import re
import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from typing import NamedTuple

from bench import load, stage
from slu_antitrafficking.start import processes
from slu_antitrafficking.start.options import ROOT, clean_environment
from slu_antitrafficking.start.processes import Log
from tests.running import free_port

OPERATORS = ROOT / "deploy" / "nginx"
FILES = "server {{ listen {host}:{port}{tls}; root {folder}; }}"
# The same for all servers of a benchmark, by TLS as a browser speaks it.
TLS = """ ssl http2;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate {folder}/site.pem;
    ssl_certificate_key {folder}/site.key"""
# nginx makes these folders at its start, needed or not, and Debian's own lie where only root may.
UNUSED = "".join(
    f"    {name}_temp_path {{folder}}/unused;\n" for name in ("fastcgi", "uwsgi", "scgi")
)
# What Debian itself sets for a folder of files.
PLAIN = """
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
events {{ worker_connections 768; }}
http {{
    access_log off;
    client_body_temp_path {folder}/unused;
    proxy_temp_path {folder}/unused;
    sendfile on;
    tcp_nopush on;
    include /etc/nginx/mime.types;
    {files}
}}
"""


class Ports(NamedTuple):
    """Where an nginx with the operator's settings serves."""

    site: int
    desk: int
    files: int


def program() -> str:
    """Where nginx is; many a user's PATH has no folder of servers.

    Raises RuntimeError where there is none.
    """
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise RuntimeError("it needs nginx (apt-get install nginx)")
    return found


def certificate(folder: Path) -> ssl.SSLContext:
    """Makes one of nobody's in this folder, and gives what trusts it and no other."""
    request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"]
    request += ["ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=bench"]
    request += ["-addext", f"subjectAltName=IP:{load.HOST}"]
    request += ["-keyout", "site.key", "-out", "site.pem"]
    subprocess.run(request, cwd=folder, check=True, capture_output=True)
    return ssl.create_default_context(cafile=str(folder / "site.pem"))


@contextmanager
def files(folder: Path, *, tls: bool = False) -> Iterator[int]:
    """Debian's own settings and the files of this folder; the port where they are."""
    port = free_port()
    text = PLAIN.format(folder=folder, files=_files(folder, port, tls=tls))
    with _serving(_user() + text, folder / "plain.conf", port):
        yield port


@contextmanager
def operators(
    folder: Path, public: str, desk: str = "unix:/nowhere", user: str = "", *, tls: bool = False
) -> Iterator[Ports]:
    """The operator's settings before two upstream servers (an address or unix:/…), and the folder's
    files. `user` is whom root's nginx works as; root itself otherwise.

    All as it is shipped, but for addresses and folders, and without TLS unless it is asked for;
    then the folder has the certificate. Raises RuntimeError when the shipped file has not what is
    replaced here.
    """
    ports = Ports(free_port(), free_port(), free_port())
    upstreams = (OPERATORS / "upstreams.conf").read_text()
    text = (OPERATORS / "nginx.conf").read_text()
    text = text.replace("include know-the-signs/upstreams.conf;", upstreams)
    text = re.sub(r" *listen \[::\].*\n", "", text)
    text = re.sub(r" *ssl_(certificate|certificate_key|reject_handshake) .*\n", "", text)
    spoken = TLS.format(folder=folder) if tls else ""
    for shipped, here in {
        "user www-data;": f"user {user};" if user else _user(),
        "/run/nginx": f"{folder}/nginx",
        "/var/log/nginx": str(folder),
        "/etc/nginx/know-the-signs/errors": str(OPERATORS / "errors"),
        "include know-the-signs/errors": f"include {OPERATORS / 'errors'}",
        "listen 443 ssl default_server;": (
            f"listen {load.HOST}:{ports.site} default_server{spoken};"
        ),
        "listen 443 ssl http2;\n        server_name www.": (
            f"listen {load.HOST}:{ports.site}{spoken};\n        server_name www."
        ),
        "listen 443 ssl http2;\n        server_name desk.": (
            f"listen {load.HOST}:{ports.desk}{spoken};\n        server_name desk."
        ),
        "listen 80": f"listen {load.HOST}:{free_port()}",
        "server_name www.example.org;": f"server_name {load.HOST};",
        "server unix:/run/know-the-signs/public-blue.sock;": f"server {public};",
        "server unix:/run/know-the-signs/desk-blue.sock;": f"server {desk};",
    }.items():
        if shipped not in text:
            raise RuntimeError(f"there is no {shipped!r} in {OPERATORS / 'nginx.conf'}")
        text = text.replace(shipped, here)
    text = text.rstrip().removesuffix("}") + _files(folder, ports.files, tls=tls) + "\n}\n"
    with _serving(text, folder / "operators.conf", ports.site):
        yield ports


def _files(folder: Path, port: int, *, tls: bool) -> str:
    spoken = TLS.format(folder=folder) if tls else ""
    return FILES.format(host=load.HOST, port=port, folder=folder, tls=spoken)


def _user() -> str:
    """Root's nginx would else work as somebody to whom a benchmark's folder is closed."""
    return f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""


@contextmanager
def _serving(text: str, conf: Path, port: int) -> Iterator[None]:
    conf.write_text(text.replace("http {\n", "http {\n" + UNUSED.format(folder=conf.parent), 1))
    command = [program(), "-p", str(conf.parent), "-c", str(conf), "-g", "daemon off;"]
    log = Log(conf.with_suffix(".log"))
    process = processes.spawn(command, clean_environment(), log)
    try:
        for _turn in stage.soon():
            if process.poll() is not None:
                raise RuntimeError(processes.reason(process, log))
            try:
                load.Client(port).close()
                break
            except OSError:
                continue
        yield
    finally:
        processes.end(process, SIGTERM, 10)
