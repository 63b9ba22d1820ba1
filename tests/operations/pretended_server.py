"""An installed server in a view of the file system of its own, with a systemctl of the tests.

Real are the releases, PostgreSQL, nginx, the doors and every line of the upgrade; pretended are
systemd and the users, which a booted machine plays (tests/audit).
"""

import contextlib
import http.client
import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from slu_antitrafficking.operations import archive, server, version
from slu_antitrafficking.start.postgres.database import owner
from tests.operations.releasing import Workshop
from tests.running import free_port, until

NGINX = """
user root;
pid /run/know-the-signs/nginx.pid;
error_log /dev/null emerg;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path /run/know-the-signs/bodies;
    proxy_temp_path /run/know-the-signs/answers;
    fastcgi_temp_path /run/know-the-signs/unused;
    uwsgi_temp_path /run/know-the-signs/unused;
    scgi_temp_path /run/know-the-signs/unused;
    include know-the-signs/upstreams.conf;
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-Proto https;
    proxy_set_header X-Real-IP $remote_addr;
    server {{
        listen 127.0.0.1:{port};
        server_name www.example.org;
        location / {{ proxy_pass http://public; }}
    }}
}}
"""
DOORS = ("public", "desk")
ENABLED = "/etc/systemd/system/multi-user.target.wants"
PRETENDED = {
    "systemd-sysusers": "",
    "systemd-tmpfiles": "",
    "runuser": 'echo "$@" >> /run/know-the-signs/asked',
    "pg_lsclusters": "echo 15 main 5432 online",
}
VIEW = """
set -eu
mount -t tmpfs -o size=4g,mode=755 upper {upper}
mkdir {upper}/etc {upper}/etc-work {upper}/opt {upper}/run {upper}/lib
mount -t overlay -o lowerdir=/etc,upperdir={upper}/etc,workdir={upper}/etc-work overlay /etc
mkdir -p /opt /run /var/lib
mount --bind {upper}/opt /opt
mount --bind {upper}/run /run
mount --bind {upper}/lib /var/lib
mount --bind {programs} /usr/local/sbin
exec sleep infinity
"""


def doors(colour: str) -> set[str]:
    """Their units."""
    return {f"kts-{door}@{colour}.{unit}" for door in DOORS for unit in ("service", "socket")}


def new_key() -> str:
    return secrets.token_urlsafe(48)


class Server:
    """One release serves in blue. `run` is a command there, `sh` any line."""

    def __init__(self, folder: Path, database_url: str, workshop: Workshop, release: Path) -> None:
        self.upper = upper = folder / "upper"
        programs = folder / "programs"
        upper.mkdir()
        programs.mkdir()
        (programs / "systemctl").write_text(
            f"#!{sys.executable}\n" + Path(__file__).with_name("systemctl.py").read_text()
        )
        (programs / "systemctl").chmod(0o755)
        for name, lines in PRETENDED.items():
            (programs / name).write_text(f"#!/bin/sh\n{lines}\n")
            (programs / name).chmod(0o755)
        # Everybody is the test's own user there.
        alone = [] if os.geteuid() == 0 else ["--map-root-user"]
        self.holder = subprocess.Popen(
            ["unshare", "--mount", *alone, "sh", "-c", VIEW.format(upper=upper, programs=programs)]
        )
        self.database_url, self.port = database_url, free_port()
        until(lambda: self.sh("[ -x /usr/local/sbin/systemctl ]", check=False)[0] == 0)
        self._install(folder, workshop, release)

    def sh(self, lines: str, check: bool = True) -> tuple[int, str]:
        """Exit code and all that was said."""
        enter = ["nsenter", "--mount", "--root", f"--target={self.holder.pid}"]
        enter += [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
        done = subprocess.run(
            [*enter, "sh", "-euc", lines],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
        )
        assert not check or done.returncode == 0, done.stdout
        return done.returncode, done.stdout

    def run(self, *arguments: str) -> tuple[int, str]:
        """`./run …` of the release that serves."""
        return self.sh(f"{server.CURRENT}/run {' '.join(arguments)}", check=False)

    def serving(self) -> str:
        """The release that commands and visitors reach."""
        return self.sh(
            f"colour=$(grep -o 'public-[a-z]*' {server.UPSTREAMS}); colour=${{colour#public-}};"
            f" readlink -f {server.HOME}/$colour; readlink -f {server.CURRENT}"
        )[1]

    def answer(self, page: str) -> int:
        """What a visitor is answered."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(line):
            line.request("GET", page, headers={"Host": "www.example.org"})
            return line.getresponse().status

    def files(self) -> list[str]:
        """All that it wrote, with the moment of its last change, but for what Python compiled."""
        ours = f"find {self.upper} -name __pycache__ -prune -o ! -type d -printf '%p %C@\\n'"
        return sorted(self.sh(ours)[1].splitlines())

    def leave_room(self, megabytes: int) -> None:
        """On the disk that all lies on."""
        self.sh(
            f"used=$(df -m --output=used {self.upper} | tail -1);"
            f" mount -o remount,size=$((used + {megabytes}))m {self.upper}"
        )

    def enabled(self) -> set[str]:
        """The units that a boot starts."""
        return set(self.sh(f"cd {ENABLED}; ls kts-*")[1].split())

    def lose_power(self) -> None:
        """Ends everything at once, wherever it is."""
        while running := self._processes():
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        self.sh(f"rm -f {server.SOCKETS}/*.sock {server.SOCKETS}/*.pid")

    def boot(self) -> None:
        """What is enabled starts."""
        self.sh(f"systemctl start {' '.join(self.enabled())}; nginx")

    def _processes(self) -> list[int]:
        """All that see its files, but for what holds them."""
        seen = []
        for view in Path("/proc").glob("[0-9]*/ns/mnt"):
            with contextlib.suppress(OSError):  # it has ended, or is somebody else's
                if view.samefile(f"/proc/{self.holder.pid}/ns/mnt"):
                    seen.append(int(view.parts[2]))
        return [process for process in seen if process != self.holder.pid]

    def stop(self) -> None:
        """Ends all that runs there."""
        self.sh(
            "nginx -s quit || true; systemctl stop kts-public@blue kts-desk@blue kts-public@green"
            " kts-desk@green",
            check=False,
        )
        self.holder.kill()
        self.holder.wait()

    def _install(self, folder: Path, workshop: Workshop, release: Path) -> None:
        kept = workshop.tree.parent / "installed"  # with its packages, once for all servers
        if not kept.exists():
            unpacked = archive.unpack(release, folder, workshop.tree / "deploy" / "allowed_signers")
            unpacked.rename(kept)
        place = server.RELEASES / version.of(kept).number
        users = "\n".join(f"{user}:x:0:0::/:/bin/sh" for user in server.USERS)
        groups = "\n".join(f"{user}:x:0:" for user in server.USERS)
        self.sh(f"""
mkdir -p {server.RELEASES} {server.SOCKETS} {server.VAR} {server.SETTINGS}
mkdir -p {server.UPSTREAMS.parent} /etc/systemd/system /etc/postgresql/15/main/conf.d
touch /etc/postgresql/15/main/pg_hba.conf /etc/postgresql/15/main/pg_ident.conf
printf '%s\\n' '{users}' >> /etc/passwd
printf '%s\\n' '{groups}' >> /etc/group
cp -r {kept} {place}
[ -e {kept}/.installed ] || {{
  PYTHON={sys._base_executable} {place}/run version
  touch {place}/.installed
  rm -r {kept}
  cp -r {place} {kept}
}}
ln -s {place} {server.HOME}/blue
ln -s {place} {server.CURRENT}
cp {place}/deploy/nginx/upstreams.conf {server.UPSTREAMS}
cp -r {place}/deploy/systemd/* /etc/systemd/system/
""")
        self._write("/etc/nginx/nginx.conf", NGINX.format(port=self.port))
        common = {"SITE_URL": "https://www.example.org", "DESK_URL": "https://desk.example.org"}
        self._settings("common", common | {"VAR": str(server.VAR)})
        self._settings("owner", {"OWNER_DATABASE_URL": self.database_url, "SECRET_KEY": new_key()})
        code, said = self.run("manage", "prepare")
        assert code == 0, said
        for serve in DOORS:
            url = self._with_password(serve)
            self._settings(serve, {"DATABASE_URL": url, "SECRET_KEY": new_key()})
        with owner(self.database_url) as cursor:  # as two people do, by typing two sheets back
            cursor.execute("UPDATE public.tips_deskkey SET sheets_confirmed_at = now()")
        doors = "kts-public@blue kts-desk@blue"
        self.sh(f"systemctl enable {doors} $(printf '%s.socket ' {doors})")
        self.boot()

    def _with_password(self, serve: str) -> str:
        name = server.USERS[f"kts-{serve}"]
        with owner(self.database_url) as cursor:
            cursor.execute(f"ALTER ROLE {name} PASSWORD 'of-a-test'")
        parts = urlsplit(self.database_url)
        hosts = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=f"{name}:of-a-test@{hosts}").geturl()

    def _settings(self, name: str, told: dict[str, str]) -> None:
        lines = "\n".join(f"{key}={value}" for key, value in told.items())
        self._write(f"{server.SETTINGS}/{name}.env", lines)

    def _write(self, path: str, text: str) -> None:
        self.sh(f"cat > {path} <<'END_OF_FILE'\n{text}\nEND_OF_FILE")
