"""./run run and ./run demo: everything made, started, watched and stopped."""

import os
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from signal import SIGTERM
from socket import socket
from urllib.parse import urlsplit

from slu_antitrafficking import DEMO_ACCOUNTS_FILE, MAIL_FOLDER, sandbox
from slu_antitrafficking.start import door_users, processes, unix_sockets
from slu_antitrafficking.start.console import Problem, say, step
from slu_antitrafficking.start.fingerprints import OF_DATABASE, OF_STATIC, fingerprint
from slu_antitrafficking.start.first_run import FirstSupervisor
from slu_antitrafficking.start.options import COLLECTED, MANAGE, Options
from slu_antitrafficking.start.postgres import database
from slu_antitrafficking.start.postgres.data_folder import delete
from slu_antitrafficking.start.postgres.database import Database, Embedded
from slu_antitrafficking.start.processes import Log, Stopped
from slu_antitrafficking.start.servers import HOUSEKEEPING_NAME, Door, Housekeeper, Mailer, listen
from slu_antitrafficking.start.state import Lock, State, abandoned

DEMO = "know-the-signs-demo-"
AFTER_A_CRASH = 10  # seconds a killed starter's children may take to go

# The admin's libraries as their authors wrote them: a page asks for them in DEBUG alone, which
# serves what is not collected; to compress them takes longer than all the rest.
NOT_COLLECTED = ("jquery.js", "select2.full.js", "xregexp.js")


def run(options: Options) -> None:
    """Serves until somebody says stop."""
    os.umask(0o077)
    processes.stop_on_signals()
    try:
        state = State(options.var)
        with ExitStack() as cleanup:
            lock = Lock(state.var).take_or_refuse("run")
            cleanup.callback(lock.release)
            site = Site(options, state, patience=AFTER_A_CRASH if lock.after_a_crash else 0)
            cleanup.callback(site.stop)
            try:
                site.start()
                site.watch()
            except Stopped:
                say("Stopping.")
    except Stopped:
        return


def demo(options: Options) -> None:
    """Serves a throw-away store of made-up tips, with one account per role."""
    _refuse_off_loopback(options, "The demo")
    _forget_old_demos()
    var = Path(tempfile.mkdtemp(prefix=DEMO))
    var.chmod(0o711)
    try:
        run(
            replace(
                options,
                var=var,
                runtime_directory="",
                database_url="",
                demo=True,
                door_database_urls={},
            )
        )
    finally:
        delete(var)


def dev(options: Options) -> None:
    """Serves as `run` does, with what a change of code, templates or styles makes of it."""
    _refuse_off_loopback(options, "./run dev")
    run(replace(options, live_reload=True))


class Site:
    """PostgreSQL, the two doors, the housekeeping and the mail process of one $VAR."""

    def __init__(self, options: Options, state: State, patience: float) -> None:
        self.options = options
        self.state = state
        sockets = self._listen(patience)
        self.database: Database = database.choose(options, state, durable=not options.demo)
        self._urls = self.database.door_urls()
        self._users = door_users.of_root(state.var)
        self.owner = options.environment(SERVE="both", OWNER_DATABASE_URL=self.database.owner_url)
        self.doors = [
            Door(
                serve,
                sockets[serve],
                self._door(serve),
                Log(state.log / f"{serve}.log"),
                self._users.becoming(serve, state.var) if self._users else None,
            )
            for serve in sockets
        ]
        self.housekeeper = Housekeeper(
            self._housekeeping(),
            Log(state.log / "housekeeping.log"),
            partial(database.is_at_work, self.database.owner_url, HOUSEKEEPING_NAME),
        )
        self.mailer = Mailer(self._mail(), Log(state.log / "mail.log"))
        self._log = Log(state.log / "start.log")
        self._served = False

    def _listen(self, patience: float) -> dict[str, list[socket]]:
        """Each door's port and, where the system takes its name, a unix socket."""
        ports = {
            "public": ("PORT", self.options.port),
            "desk": ("DESK_PORT", self.options.desk_port),
        }
        sockets = {serve: [listen(*port, patience)] for serve, port in ports.items()}
        folder = self.options.sockets
        if not self.options.runtime_directory:
            unix_sockets.make_folder(folder)
        if unix_sockets.fit(folder):
            for serve, its_own in sockets.items():
                its_own.append(unix_sockets.listen(folder, serve, patience))
        return sockets

    def start(self) -> None:
        """Everything up and both doors healthy; as much at once as can be."""
        began = time.monotonic()
        static, prepared = fingerprint(OF_STATIC), fingerprint(OF_DATABASE)
        # With live reload they come from where they are written; a release brings its own.
        brought = self.options.live_reload or COLLECTED.is_dir()
        collected = brought or self.state.mark("static-made") == static
        prepared_already = self.database.fingerprint() == prepared
        unchanged = collected and prepared_already
        if unchanged:
            self._spawn_doors()  # they load while PostgreSQL starts
        self.database.start()
        collecting = None if collected else self._collect()
        try:
            if not prepared_already:
                self._prepare()
                self.database.remember_fingerprint(prepared)
            if collecting:
                with step("Static files", since=began):
                    self._finish("collectstatic", collecting)
                self.state.remember("static-made", static)
        finally:
            processes.end(collecting, SIGTERM, 5)
        if self._mails_to_files:
            (self.state.var / MAIL_FOLDER).mkdir(mode=0o700, exist_ok=True)
        if self._users:
            self._users.take_over(self.state.var)
        self.database.admit_doors()
        with step("The site and the desk"):
            if not unchanged:
                self._spawn_doors()
            for door in self.doors:
                door.wait()
                self._served = True  # the first is the public one: it takes tips
        self._announce(time.monotonic() - began)

    def watch(self) -> None:
        """Keeps everything up. Returns only by Stopped."""
        wait = processes.EventWait()
        first = FirstSupervisor(self.state, self.options.desk_url, self.owner)
        if not self.options.demo:
            first.show()
        while True:
            parts = (self.database, *self.doors, self.mailer)
            up = False not in [part.keep_up() for part in parts]
            if self.housekeeper.keep_up():
                for log in (self._log, *(part.log for part in parts)):
                    log.turn_over()
            line = wait.wait(5 if up else 0.2, typed=first.asking)
            if line is not None:
                first.answer(line)

    def stop(self) -> None:
        """The doors first, with the answers under way; what tells when a tip came; PostgreSQL."""
        for door in self.doors:
            door.ask_to_stop()
        for door in self.doors:
            door.stop()
        self.housekeeper.stop()
        self.mailer.stop()
        try:
            if self._served and not self.options.demo:
                self.housekeeper.tidy_up()
        finally:
            self.database.stop()
        unix_sockets.remove(self.options.sockets)
        if not self.options.runtime_directory:
            self.options.sockets.rmdir()

    def _door(self, serve: str) -> dict[str, str]:
        return self.options.door_environment(
            SERVE=serve,
            SECRET_KEY=self.state.secrets[f"{serve}_secret_key"],
            DATABASE_URL=self._urls[serve],
            # libpq looks there for certificates, and fails where it may not look.
            **({"HOME": "/"} if self._users else {}),
        )

    def _mail(self) -> dict[str, str]:
        return self.options.environment(SERVE="both", DATABASE_URL=self._urls["mail"])

    def _housekeeping(self) -> dict[str, str]:
        """The owner's, and what it takes to see, and on our own server to mend, that the password
        of a door or of the mail process was changed."""
        own = {"OWN_CLUSTER": "1"} if isinstance(self.database, Embedded) else {}
        urls = {f"{serve.upper()}_DATABASE_URL": url for serve, url in self._urls.items()}
        return self.owner | urls | own

    def _spawn_doors(self) -> None:
        for door in self.doors:
            door.spawn()

    def _collect(self) -> subprocess.Popen[bytes]:
        environment = self._door("public")
        left_out = [f"--ignore={name}" for name in NOT_COLLECTED]
        command = [*MANAGE, "collectstatic", "--noinput", "--clear", "-v0", *left_out]
        log = Log(self.state.log / "static.log")
        # What everybody may fetch, root's public door reads as somebody else.
        return processes.spawn(command, environment, log, umask=0o022)

    def _prepare(self) -> None:
        for command in ("prepare", *(["fill_demo"] if self.options.demo else [])):
            with step({"prepare": "The database", "fill_demo": "Made-up tips"}[command]):
                child = processes.spawn([*MANAGE, command], self.owner, self._log, loud=True)
                self._finish(command, child)

    def _finish(self, command: str, child: subprocess.Popen[bytes]) -> None:
        try:
            child.wait()
        finally:
            processes.end(child, SIGTERM, 5)
        if child.returncode:
            log = Log(self.state.log / "static.log") if command == "collectstatic" else self._log
            raise Problem(processes.reason(child, log))

    def _announce(self, seconds: float) -> None:
        say(f"{seconds:6.1f} s  in all")
        say()
        say(f"The site  {self.options.site_url}/")
        say(f"The desk  {self.options.desk_url}/desk/")
        say(self._sockets_are())
        if isinstance(self.database, Embedded):
            say(f"The data  {self.database.cluster.folder.home} and {self.state.var}")
        say(f"The logs  {self.state.log}")
        for line in self.database.left_to_a_superuser():
            say(line)
        if os.geteuid() == 0 and not self._users:
            say(door_users.AS_ROOT)
        if missing := sandbox.missing():
            say(missing)
        if self._mails_to_files:
            say(f"The mails {self.state.var / MAIL_FOLDER}, one .eml each; none leaves")
        if self.options.demo:
            say()
            say((self.state.var / DEMO_ACCOUNTS_FILE).read_text().rstrip("\n"))
        say()
        say("Ctrl-C stops everything.")

    @property
    def _mails_to_files(self) -> bool:
        return self.owner.get("EMAIL_URL", "").strip() == "file:"

    def _sockets_are(self) -> str:
        folder = self.options.sockets
        if unix_sockets.fit(folder):
            public, desk = (folder / name for name in unix_sockets.NAMES.values())
            return f"Sockets   {public} and {desk}, for a proxy"
        return (
            f"No sockets for a proxy: {folder} is too long a name for them; "
            "set RUNTIME_DIRECTORY to a shorter one."
        )


def _refuse_off_loopback(options: Options, who: str) -> None:
    for url in (options.site_url, options.desk_url):
        if urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"):
            raise Problem(f"{who} is for this machine alone; unset SITE_URL and DESK_URL ({url}).")


def _forget_old_demos() -> None:
    for var in abandoned(Path(tempfile.gettempdir()), DEMO):
        delete(var)
