"""What ./run install shows, refuses and changes; that it works is played by the audit."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bench import nginx
from slu_antitrafficking.operations import server
from slu_antitrafficking.operations.install import plan
from slu_antitrafficking.roles import RESTORING
from slu_antitrafficking.start.options import ROOT
from slu_antitrafficking.start.postgres import cluster

ANSWERS = {
    "PUBLIC_HOST": "www.gov.example",
    "DESK_HOST": "desk.gov.example",
    "CERTIFICATE": "/etc/ssl/site.pem",
    "KEY": "/etc/ssl/private/site.key",
    "EMAIL_URL": "smtp://us:a-secret@mail.example:587?tls=1",
}
DEPLOY = ROOT / "deploy"
# Debian's own, but for its comments.
PG_HBA = """\
local   all             postgres                                peer

# TYPE  DATABASE        USER            ADDRESS                 METHOD

local   all             all                                     peer
host    all             all             127.0.0.1/32            scram-sha-256
"""


def install(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        ["./run", "install", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def file(tmp_path: Path) -> Path:
    lines = [f"{name}='{value}'" for name, value in ANSWERS.items()]
    path = tmp_path / "answers"
    path.write_text("\n".join(["# mine", *lines, ""]))
    return path


def test_a_dry_run_shows_every_line_and_no_password(file: Path) -> None:
    code, said = install("--dry-run", "--answers", str(file))
    assert code == 0, said
    assert plan.by_hand() in said
    assert "PUBLIC_HOST=www.gov.example\n" in said
    assert "EMAIL_SERVER=smtp://mail.example:587\n" in said
    assert "a-secret" not in said


def test_a_hash_begins_a_comment_where_a_shell_has_one(file: Path) -> None:
    more = "DESK_EMAIL=desk#1@gov.example  # the desk's own\n"
    file.write_text(f"# Let's Encrypt: none\n{file.read_text()}{more}")
    code, said = install("--dry-run", "--answers", str(file))
    assert code == 0, said
    assert "DESK_EMAIL=desk#1@gov.example\n" in said


def test_an_option_goes_before_the_file(file: Path) -> None:
    _, said = install("--dry-run", "--answers", str(file), "--desk-host", "help.gov.example")
    assert "DESK_HOST=help.gov.example\n" in said


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("PUBLIC_HOST=", "PUBLIC_HOST must be a host name"),
        ("PUBLIC_HOST=www.example.org;reboot", "PUBLIC_HOST must be a host name"),
        ("DESK_HOST=www.gov.example", "DESK_HOST needs a name of its own"),
        ("KEY=", "must both be whole paths"),
        ("ACME_EMAIL=it@gov.example", "Either CERTIFICATE and KEY, or ACME_EMAIL"),
        ("EMAIL_URL='smtp://u:$(reboot)@mail.example'", "EMAIL_URL may hold no space"),
        ("EMAILURL=smtp://mail.example", "The answers know no EMAILURL"),
    ],
)
def test_an_answer_that_makes_no_sense_is_named(file: Path, line: str, why: str) -> None:
    file.write_text(f"{file.read_text()}{line}\n")
    code, said = install("--dry-run", "--answers", str(file))
    assert code == 1
    assert why in said


@pytest.mark.parametrize("name", ["EMAIL_URL", "ALARM_URL"])
@pytest.mark.parametrize("password", ["geh/eim", "12/geh", "geh#eim", "geh?eim"])
def test_of_an_address_that_makes_no_sense_nothing_is_shown(
    file: Path, name: str, password: str
) -> None:
    scheme = {"EMAIL_URL": "smtp", "ALARM_URL": "https"}[name]
    file.write_text(f"{file.read_text()}{name}='{scheme}://us:{password}@mail.example'\n")
    code, said = install("--dry-run", "--answers", str(file))
    assert code == 1
    assert f"{name} must look like {scheme}://" in said
    assert {"EMAIL_URL": "/ is %2F", "ALARM_URL": "without a password"}[name] in said
    assert "geh" not in said
    assert "12" not in said.partition("must look like")[0]


def test_without_a_terminal_nothing_is_begun(file: Path) -> None:
    code, said = install("--yes", "--answers", str(file))
    assert code == 1, said
    assert "1. Debian's packages\n" not in said.rpartition(plan.by_hand())[2]


def test_the_steps_by_hand_are_those_that_it_does() -> None:
    paper = (ROOT / "docs" / "operations.md").read_text()
    assert f"```sh\n{plan.by_hand()}\n```" in paper


def test_each_step_is_a_shell_s() -> None:
    for step in plan.STEPS:
        done = subprocess.run(["/bin/sh", "-nc", step.lines], capture_output=True, check=False)
        assert (done.returncode, done.stderr) == (0, b""), step.title


# PostgreSQL


def let_in(folder: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "PG_ETC": str(folder)}
    subprocess.run(
        ["/bin/sh", "-euc", plan.POSTGRESQL.lines], cwd=ROOT, env=environment, check=True
    )


@pytest.fixture
def pg_etc(tmp_path: Path) -> Path:
    folder = tmp_path / "etc/postgresql/15/main"
    (folder / "conf.d").mkdir(parents=True)
    (folder / "pg_hba.conf").write_text(PG_HBA)
    (folder / "pg_ident.conf").write_text("# MAPNAME SYSTEM-USERNAME PG-USERNAME\n")
    (folder / "pg_hba.conf").chmod(0o640)
    return folder


def test_two_lines_go_before_debian_s_own_and_once(pg_etc: Path) -> None:
    let_in(pg_etc)
    hba, ident = pg_etc / "pg_hba.conf", pg_etc / "pg_ident.conf"
    ours = "local know_the_signs all peer map=kts"
    # While a store is restored, its owner alone is let into the new database.
    restoring = f"local {server.DATABASE}{RESTORING} {server.OWNER_ROLE} peer map=kts"
    assert hba.read_text() == f"{ours}\n{restoring}\n{PG_HBA}"
    assert hba.stat().st_mode & 0o777 == 0o640
    # PostgreSQL's user is also the owner, as whom it makes backups.
    pairs = [*server.USERS.items(), ("postgres", "postgres"), ("postgres", server.OWNER_ROLE)]
    assert {*ident.read_text().splitlines()[1:]} == {f"kts {u} {r}" for u, r in pairs}
    before = hba.read_text(), ident.read_text()
    let_in(pg_etc)
    assert (hba.read_text(), ident.read_text()) == before


def test_what_was_cut_short_is_made_whole(pg_etc: Path) -> None:
    ident = pg_etc / "pg_ident.conf"
    ident.write_text("kts postgres postgres\nkts kts-desk know_the_signs_desk\n")
    let_in(pg_etc)
    assert len(ident.read_text().splitlines()) == len(set(ident.read_text().splitlines())) == 6


def test_a_server_of_debian_is_as_silent_as_our_own() -> None:
    text = (DEPLOY / "postgresql" / "know-the-signs.conf").read_text()
    said = dict(re.findall(r"^(\w+) = '?(.*?)'?$", text, re.M))
    assert said == {
        name: value
        for name, value in cluster.SETTINGS.items()
        if name != "unix_socket_permissions"  # by peer everybody may knock
    }
    since_17 = (DEPLOY / "postgresql" / "since-17.conf").read_text()
    assert dict(re.findall(r"^(\w+) = (.*)$", since_17, re.M)) == cluster.SINCE_17


def test_only_a_server_that_knows_it_is_told_of_notifications(pg_etc: Path) -> None:
    let_in(pg_etc)
    assert not (pg_etc / "conf.d/know-the-signs-17.conf").exists()
    newer = pg_etc.parents[1] / "17/main"
    shutil.copytree(pg_etc, newer)
    let_in(newer)
    assert (newer / "conf.d/know-the-signs-17.conf").exists()


# nginx


def test_nginx_takes_what_is_made_of_its_file(tmp_path: Path) -> None:
    certificate, key = tmp_path / "site.pem", tmp_path / "site.key"
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=x"]
    request += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(request, check=True, capture_output=True)
    told = ANSWERS | {"CERTIFICATE": str(certificate), "KEY": str(key)}
    environment = told | {"PATH": os.environ["PATH"]}
    made = subprocess.run(
        ["/bin/sh", "-euc", f"{plan.CONFIGURED}configured ."],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
    )
    text = made.stdout.decode()
    assert "example.org" not in text
    assert (
        text.count("server_name www.gov.example;")
        == text.count("server_name desk.gov.example;")
        == 1
    )
    ours = tmp_path / "know-the-signs"
    shutil.copytree(DEPLOY / "nginx", ours)
    text = text.replace("/run/", f"{tmp_path}/").replace("/var/log/nginx", str(tmp_path))
    text = text.replace("user www-data;", nginx._user())
    text = text.replace("http {\n", "http {\n" + nginx.UNUSED.format(folder=tmp_path), 1)
    (tmp_path / "nginx.conf").write_text(text)
    command = [nginx.program(), "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# systemd


UNITS = DEPLOY / "systemd"
OURS = sorted(file.name for file in UNITS.glob("kts-*.service"))
WORST = 15  # tenths of what systemd-analyze says of how far a unit is open, from 0 to 10


@pytest.fixture(scope="session")
def units(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The units of the blue doors and the others, with a program that is there."""
    folder = tmp_path_factory.mktemp("units")
    shutil.copytree(UNITS, folder, dirs_exist_ok=True)
    for file in folder.glob("kts-*.*"):
        if file.is_file():
            text = re.sub(r"/opt/know-the-signs/\S+/python", "/bin/true", file.read_text())
            file.write_text(text)
            if "@" in file.name:
                file.rename(file.with_name(file.name.replace("@", "@blue")))
    return folder


def test_systemd_finds_no_fault_in_any_unit(units: Path) -> None:
    files = [str(file) for file in units.glob("kts-*.*") if file.is_file()]
    command = ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    about_ours = [line for line in done.stderr.splitlines() if "kts-" in line]
    assert (done.returncode, about_ours) == (0, []), done.stderr


@pytest.mark.parametrize("unit", OURS)
def test_every_unit_is_closed(units: Path, unit: str) -> None:
    file = units / unit.replace("@", "@blue")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager"]
    done = subprocess.run(
        [*command, f"--threshold={WORST}", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout.splitlines()[-1:] + done.stderr.splitlines()[-3:]


@pytest.mark.parametrize("unit", OURS)
def test_every_unit_runs_as_one_of_ours_and_is_told_its_own_alone(unit: str) -> None:
    text = (UNITS / unit).read_text()
    (user,) = re.findall(r"^User=(.*)", text, re.M)
    told = re.findall(r"^EnvironmentFile=/etc/know-the-signs/(\w+)\.env", text, re.M)
    if user in server.USERS:
        assert told == ["common", user.removeprefix("kts-")]
    else:
        assert user == "postgres"
        assert "owner" not in told


def test_the_names_are_the_same_everywhere() -> None:
    users = re.findall(r"^u (\S+)", (DEPLOY / "sysusers.conf").read_text(), re.M)
    assert set(users) == set(server.USERS)
    folders = set(re.findall(r"^d (\S+)", (DEPLOY / "tmpfiles.conf").read_text(), re.M))
    assert {
        str(one)
        for one in (server.SETTINGS, server.VAR, server.SPOOL, server.SOCKETS, server.RELEASES)
    } <= folders
    for serve in ("public", "desk"):
        template = (UNITS / f"kts-{serve}@.socket").read_text()
        assert f"ListenStream={server.socket(serve, '%i')}\n" in template
        upstreams = (DEPLOY / "nginx/upstreams.conf").read_text()
        assert f"server unix:{server.socket(serve, server.COLOURS[0])};" in upstreams
