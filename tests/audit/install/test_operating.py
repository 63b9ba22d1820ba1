"""What docs/operations.md says of a server's days, played on an installed one, in its order.

Each test goes on from the one before.
"""

import re
import shutil
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL

import pytest

from tests.attacks.visitor import Clerk
from tests.audit.install.installed import (
    DESK,
    RUN,
    SITE,
    Installed,
    answers,
    on_paper,
    put_certificate,
)
from tests.operations.releasing import NEXT, Workshop, changed
from tests.operations.sandbox import kinds
from tests.running import until
from tips.crypto import receipts

pytestmark = pytest.mark.audit
LINES = {
    *("Release", "Public door", "Desk door", "Disk", "Clock", "Photos", "Certificate", "Services"),
    *("Backup", "Backup off the machine", "Drill of this month", "Debian's updates"),
    *("Officers who can open tips", "Desk key", "Recovery sheets", "Supervisors who can be mailed"),
    *("Mail", "Test alarm", "Housekeeping", "Database's clock", "Rights of the doors"),
    *("Power cut", "Log archive"),
}
AT_FIRST = {"Backup off the machine", "Drill of this month", "Officers who can open tips"}
HALF_SENT = (
    b"POST /follow-up/ HTTP/1.1\r\nHost: www.example.org\r\nContent-Length: 60000000\r\n\r\n"
)
ELSEWHERE = Path("srv/kts-backups/in")
CHANGES = {
    "deploy/nginx/nginx.conf": (
        b"server_tokens off;",
        b"server_tokens off; # Of the next release.",
    ),
    "deploy/systemd/kts-mail.service": (b"Signs, mail", b"Signs, mail of the next release"),
    "deploy/systemd/kts-counting.service": (b"", b"[Service]\nType=oneshot\nExecStart=true\n"),
    "deploy/systemd/kts-counting.timer": (
        b"",
        b"[Timer]\nOnBootSec=1h\n[Install]\nWantedBy=timers.target\n",
    ),
    "deploy/postgresql/know-the-signs.conf": (b"# Nobody", b"work_mem = 5MB\n# Nobody"),
}


def doctor(installed: Installed) -> tuple[int, dict[str, str]]:
    """The exit code, and the state of each line by its name."""
    code, said = installed.machine.call(f"{RUN} doctor")
    lines = [re.match(r" +(ok|-|AMBER|RED) +(\S.*?)  ", line) for line in said.splitlines()]
    assert all(lines), said
    names = [line[2] for line in lines]
    assert len(set(names) - {"Disk"}) == len([name for name in names if name != "Disk"]), said
    print(said)
    return code, {line[2]: line[1] for line in lines}


def test_slow_photos_from_everywhere_keep_no_tip_away(installed: Installed) -> None:
    """One network has all that it may; then so many others that the memory for photos is full."""
    machine = installed.machine
    enter = "nsenter -m -t $(systemctl show --property=MainPID --value nginx)"
    machine.must(f"{enter} mount -o remount,size=640m /run/nginx-bodies")  # a smaller server's
    with ExitStack() as lines:

        def attack(network: int) -> None:
            for _photo in range(8):
                line = installed.visitor().secure("www.example.org", f"127.9.0.{network}")
                lines.enter_context(line).sendall(HALF_SENT + bytes(50_000_000))

        attack(1)
        assert status_of_photos(installed) == 200
        attack(2)
        assert status_of_photos(installed) == 500
        receipt = installed.visitor().send(f"{SITE}/report/", what_happened="x" * 20_000)
        assert receipt.output("reference")
    until(lambda: status_of_photos(installed) == 200, 30, "room for photos again")


def status_of_photos(installed: Installed) -> int:
    """What somebody is answered who sends a photo without a code that opens anything."""
    fields = {"code": receipts.new_code(), "submission": receipts.new_idempotency_key()}
    large = {"one.jpg": kinds.jpeg() + bytes(2_000_000)}
    return installed.visitor().upload(f"{SITE}/follow-up/", large, **fields).status


def test_the_doctor_says_at_first_what_is_not_done_yet(installed: Installed) -> None:
    machine = installed.machine
    machine.must("systemctl mask --now systemd-timedated")  # the clock is the outer machine's
    until(lambda: doctor(installed)[1]["Housekeeping"] == "ok", 150, "housekeeping")
    code, lines = doctor(installed)
    assert code == 2
    assert set(lines) >= LINES
    assert {name for name, state in lines.items() if state == "RED"} - {"Backup"} == AT_FIRST
    assert lines["Log archive"] == "AMBER"


def test_the_timer_makes_a_backup(installed: Installed) -> None:
    machine = installed.machine
    now = "/run/systemd/system/kts-backup.timer.d/now.conf"
    machine.must(f"mkdir -p $(dirname {now}); printf '[Timer]\\nOnActiveSec=1s\\n' > {now}")
    machine.must("systemctl daemon-reload; systemctl restart kts-backup.timer")
    dumps = machine.root / "var/spool/know-the-signs/dumps"
    until(lambda: [*dumps.glob("*.dump.age")], 120, "a backup by the timer")
    machine.must(f"rm {now}; systemctl daemon-reload")


def test_sealed_files_and_the_log_leave_for_where_they_are_closed(
    installed: Installed,
) -> None:
    machine = installed.machine
    machine.must("apt-get install -y --no-install-recommends openssh-server")
    machine.must(on_paper("adduser --system --group --home /srv/kts-backups"))
    lines, _, start = on_paper("ssh-keygen -t ed25519 -N").rpartition("systemctl start")
    machine.must(lines.replace("HOST", "localhost"))
    machine.must("cat /etc/know-the-signs/push-key.pub >> /etc/ssh/kts/keys")
    machine.must(on_paper("deploy/postgresql/archive.conf"))
    installed.sql("CHECKPOINT")  # a PostgreSQL that was just started looks only after five minutes
    machine.must(f"systemctl start{start}")
    there = machine.root / ELSEWHERE
    for kind in ("dump", "wal"):
        until(lambda: [*there.glob(f"*.{kind}.age")], 240, f"a {kind} elsewhere", every=1)  # noqa: B023
    assert {file.stat().st_mode & 0o777 for file in there.iterdir()} == {0}
    sftp = "sftp -b - -i /etc/know-the-signs/push-key kts-backups@localhost"
    options = "-o UserKnownHostsFile=/etc/know-the-signs/push-known-hosts"
    for order in ("ls /in", "rm /in/*", "get /in/* /root/"):
        code, _said = machine.call(f"echo '{order}' | {sftp.replace('-b', f'{options} -b')}")
        assert code != 0, order


def test_both_halves_of_the_drill(installed: Installed) -> None:
    machine = installed.machine
    machine.must(f"{RUN} drill")
    assert (machine.root / "var/spool/know-the-signs/drill.json").exists()
    fetched = fetch(installed)
    code, said = machine.at_a_terminal(f"{RUN} restore-drill {fetched}", answers(installed.said))
    assert code == 0, said
    machine.must(f"{RUN} manage restore_tried")


def fetch(installed: Installed) -> str:
    """A dump of this moment, fetched as the other machine's root, and readable to kts-owner."""
    machine = installed.machine
    there = machine.root / ELSEWHERE
    machine.must("systemctl start kts-push")
    others = {*there.glob("*.dump.age")}  # all of one hour have the same time
    machine.must(f"{RUN} backup; systemctl start kts-push")
    (new,) = {*there.glob("*.dump.age")} - others
    machine.must(f"install -o kts-owner -m 400 /{ELSEWHERE}/{new.name} /var/tmp/")
    return f"/var/tmp/{new.name}"


def test_a_server_on_which_all_is_done_is_well(installed: Installed, boss: Clerk) -> None:
    boss.log_in()
    role = {"role": "supervisor"}
    boss.send("/desk/tips/officer/add/", username="second", email="s@example.org", **role)
    officers = installed.sql("SELECT username, id FROM tips_officer").splitlines()
    ids = dict(line.split("|") for line in officers)
    given = boss.send(f"/desk/tips/officer/{ids['second']}/give-access/")
    second = Clerk(DESK, "second", given.output("one-time-passphrase"), installed.visitor())
    second.set_up()
    page = f"/desk/tips/officer/{ids[boss.username]}/"
    boss.send(page, email="first@example.org", **role)
    boss.send("/desk/alarms/test/")
    until(lambda: doctor(installed)[0] == 0, 200, "a server that is well", every=5)
    assert "Restore tried" in doctor(installed)[1]


def test_it_says_amber_and_red(installed: Installed) -> None:
    home = installed.machine.root / "root"
    kept = (home / "site.pem").read_bytes()
    for days, code, state in ((10, 1, "AMBER"), (3, 2, "RED")):
        put_certificate(home, days)
        said = doctor(installed)
        assert said[0] == code
        wrong = {name: seen for name, seen in said[1].items() if seen not in ("ok", "-")}
        assert wrong == {"Certificate": state}
    (home / "site.pem").write_bytes(kept)  # which visitors go by


def test_the_next_release_is_put_in_from_its_file(
    installed: Installed, release: Path, workshop: Workshop, folder: Path
) -> None:
    machine = installed.machine
    shutil.copy(changed(release, CHANGES, folder, workshop.key), machine.root / "root")
    machine.must(f"{RUN} upgrade --check /root/next.tar.gz")
    machine.must(f"{RUN} upgrade /root/next.tar.gz --watch 5")
    assert f"Know the Signs {NEXT}" in machine.must(f"{RUN} version")
    assert installed.is_well()
    assert "# Of the next release." in machine.must("cat /etc/nginx/nginx.conf")
    assert "mail of the next release" in machine.must("systemctl show -p Description kts-mail")
    assert installed.sql("SHOW work_mem") == "5MB"
    assert machine.call("systemctl is-active kts-public@blue")[0] != 0
    machine.must("systemctl is-enabled kts-public@green.socket kts-desk@green kts-counting.timer")
    machine.must("systemctl is-active kts-counting.timer")
    code, said = machine.call(f"{RUN} upgrade /root/next.tar.gz")
    assert (code, "serves already" in said) == (1, True), said
    assert doctor(installed)[0] == 0


def test_what_is_lost_comes_back_with_two_sheets(installed: Installed, boss: Clerk) -> None:
    """Into the same server, as into one that was just installed: it is not empty."""
    machine, citizen = installed.machine, installed.visitor()
    sent = citizen.send(f"{SITE}/report/", what_happened="Before the backup.")
    fetched = fetch(installed)
    later = citizen.send(f"{SITE}/report/", what_happened="After it.")
    installed.sql("DELETE FROM tips_box")
    code, said = machine.call(f"{RUN} restore {fetched}")  # nobody has to type for that
    assert (code, "This store is not empty" in said) == (1, True), said
    assert installed.is_well()
    again = f"{RUN} restore --replace {fetched}"
    typed = answers(installed.said)
    code, said = machine.at_a_terminal(
        again, lambda new: SIGKILL if new.endswith("Enter: nobody.\r\n") else typed(new)
    )
    assert code == -SIGKILL, said
    until(installed.is_well, 60, "the site after a killed restore")
    code, said = machine.at_a_terminal(again, answers(installed.said))
    assert code == 0, said
    until(installed.is_well, 60, "the site after a restore")
    boss.log_in()
    assert "Before the backup." in boss.get(boss.finds(sent.output("reference"))).page
    for receipt, known in ((sent, True), (later, False)):
        page = citizen.send(f"{SITE}/follow-up/", code=receipt.output("receipt-code")).page
        assert (receipt.output("reference") in page) is known


def recipient_of(installed: Installed) -> str:
    """To whom its nightly backup and its log are sealed."""
    return (installed.machine.root / "etc/know-the-signs/backup-recipient.txt").read_text()


def test_the_disk_is_gone_and_another_server_has_everything(
    installed: Installed, boss: Clerk, spare: Installed
) -> None:
    """With its own sheets and first supervisor, which give way to those of the backup."""
    sent = installed.visitor().send(f"{SITE}/report/", what_happened="On the lost server.")
    tip = boss.finds(sent.output("reference"))
    assert boss.verb(tip, "take").status == 303
    assert boss.verb(tip, "reply", answer="We read it there.", wait="1").status == 303
    fetched = fetch(installed)
    shutil.copy(installed.machine.root / fetched.lstrip("/"), spare.machine.root / "root/lost.age")
    installed.machine.stop()
    assert recipient_of(spare) != recipient_of(installed)
    restore = f"{RUN} restore --replace /root/lost.age"
    code, said = spare.machine.at_a_terminal(restore, answers(spare.said))
    assert (code, "sealed to other recovery sheets" in said) == (1, True), said
    assert spare.is_well()
    code, said = spare.machine.at_a_terminal(restore, answers(installed.said))
    assert code == 0, said
    until(spare.is_well, 60, "the site after a restore")
    assert recipient_of(spare) == recipient_of(installed)
    there = Clerk(DESK, boss.username, boss.words, spare.visitor())
    there.totp = boss.totp
    there.log_in()
    assert "On the lost server." in there.get(there.finds(sent.output("reference"))).page
    code = sent.output("receipt-code")
    assert "We read it there." in spare.visitor().send(f"{SITE}/follow-up/", code=code).page
    assert spare.clerk().enter("").status != 303, "whoever was here before the restore"
