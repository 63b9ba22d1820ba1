"""What a machine had of its own before a desk was restored to it."""

import os
from pathlib import Path

import pytest

from slu_antitrafficking.operations import sealed_files
from tests.operations.restoring import NEW, restore, sheets_of
from tests.running import RunningSite
from tests.sheets import another_set
from tips.crypto import backup_keys, recovery_sheets


@pytest.fixture
def just_installed(elsewhere: NEW, tmp_path: Path) -> RunningSite:
    """Somebody set it up as far as its first backup, and did not type two sheets back."""
    site = elsewhere().start()
    recipient = tmp_path / "recipient"
    recipient.write_text(site.run("manage", "backup_recipient")[1])
    site.environment["BACKUP_RECIPIENT_FILE"] = str(recipient)
    code, said = site.run("backup")
    assert code == 0, said
    site.stop()
    return site


def recipient_of(site: RunningSite) -> Path:
    return Path(site.environment["BACKUP_RECIPIENT_FILE"])


def test_its_next_backup_opens_with_the_desk_s_sheets_and_its_own_are_gone(
    lost: RunningSite, backup: Path, just_installed: RunningSite
) -> None:
    site = just_installed
    before, known = recipient_of(site).read_text(), {*(site.var / "backups/dumps").iterdir()}
    code, screen = restore(site, backup, sheets_of(lost), "\x04", arguments=("--replace",))
    assert code == 1, screen
    assert recipient_of(site).read_text() == before  # nothing was restored
    assert len([*site.first_start.iterdir()]) == 2
    code, screen = restore(site, backup, sheets_of(lost), "", arguments=("--replace",))
    assert code == 0, screen
    assert "Backups are sealed to these sheets from now on" in screen
    assert "of the installation before are deleted" in screen
    assert [*site.first_start.iterdir()] == []
    assert recipient_of(site).stat().st_mode & 0o777 == 0o644
    assert not (site.var / "backups/backup.json").exists()  # so that a base backup is due
    assert site.run("backup")[0] == 0
    (made,) = {*(site.var / "backups/dumps").iterdir()} - known
    identity = backup_keys.identity(recovery_sheets.join(*sheets_of(lost)))
    assert sealed_files.kind_of(made, identity) == "dump"


def test_a_recipient_that_cannot_be_written_is_said(
    lost: RunningSite, backup: Path, just_installed: RunningSite
) -> None:
    file = recipient_of(just_installed)
    os.mkdir(file.with_name(f".{file.name}-new"))
    code, screen = restore(just_installed, backup, sheets_of(lost), "", arguments=("--replace",))
    assert code == 0, screen
    assert f"./run manage backup_recipient > {file}" in screen
    assert "Restored." in screen


def test_a_desk_s_own_backup_takes_none_of_its_sheets(just_installed: RunningSite) -> None:
    """Restored to where it comes from, before two of them were typed back."""
    site = just_installed
    (own,) = (site.var / "backups/dumps").iterdir()
    there = {file: file.read_bytes() for file in site.first_start.iterdir()}
    code, screen = restore(site, own, sheets_of(site), "", arguments=("--replace",))
    assert code == 0, screen
    assert {file: file.read_bytes() for file in site.first_start.iterdir()} == there
    assert len(there) == 2
    assert (site.var / "backups/backup.json").exists()
    # New sheets, with which later backups were sealed, and which may not be on paper yet.
    (site.first_start / "first-supervisor.txt").unlink()
    page = site.first_start / "recovery-sheets.html"
    ours, others = sheets_of(site)[0].split(), another_set(sheets_of(site)[0])[0].split()
    first, second = ("<li>".join(f"{word}</li>" for word in words) for words in (ours, others))
    assert first in page.read_text()
    page.write_text(page.read_text().replace(first, second))
    code, screen = restore(site, own, sheets_of(site), "", arguments=("--replace",))
    assert (code, "do not throw yours away" in screen) == (0, True), screen
    assert page.exists()
