"""The commands that an operator types."""

import errno
import os
import re
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

from tests.cast import Person, opens, send, settled, tip_of
from tests.sheets import another_set, is_shown
from tips.access import authentication, recovery, sheet_files
from tips.access.recovery import FirstAccess
from tips.management import typed_sheets
from tips.models import DeskKey, DeskKeyGrant, Event, Officer


@pytest.fixture
def var(settings: Any, tmp_path: Path) -> Path:
    """A store of its own."""
    settings.VAR = tmp_path
    settings.FIRST_SUPERVISOR_FILE = tmp_path / "first-supervisor.txt"
    settings.RECOVERY_SHEETS_FILE = tmp_path / "recovery-sheets.html"
    return tmp_path


def run(command: str, *arguments: str, typing: str = "", patch: Any = None) -> str:
    """What the command says; `typing` is its standard input."""
    said = StringIO()
    if patch is not None:
        patch.setattr(typed_sheets.sys, "stdin", StringIO(typing))
    call_command(command, *arguments, stdout=said)
    return said.getvalue()


def first_start_lines(var: Path) -> dict[str, list[str]]:
    """The lines of the first start's file by their first word."""
    lines = (var / "first-supervisor.txt").read_text().splitlines()
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines}


@pytest.mark.django_db
def test_prepare_sets_the_desk_up_once(var: Path) -> None:
    run("prepare")
    for name in ("first-supervisor.txt", "recovery-sheets.html"):
        assert (var / name).stat().st_mode & 0o777 == 0o600
    lines = first_start_lines(var)
    assert list(lines) == ["account", "recovery-1", "recovery-2", "recovery-3"]
    name, words = lines["account"]
    assert authentication.unlock(username=name, words=words)
    page = (var / "recovery-sheets.html").read_text()
    for number in (1, 2, 3):
        (sheet,) = lines[f"recovery-{number}"]
        assert all(word in page for word in sheet.split())
    assert recovery.drill(sheet_1=lines["recovery-3"][0], sheet_2=lines["recovery-1"][0]) == (0, 0)
    before = list(DeskKey.objects.values()), lines
    run("prepare")
    assert (list(DeskKey.objects.values()), first_start_lines(var)) == before


@pytest.mark.django_db
@pytest.mark.parametrize("written", [0, 1])
def test_a_desk_whose_first_words_cannot_be_written_is_not_made(
    var: Path, written: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full at the first file, or at the second."""
    left = [None] * written

    def fsync(_: int) -> None:
        if not left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        left.pop()

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="No space left"):
        run("prepare")
    assert not DeskKey.objects.exists()
    assert not Officer.objects.exists()


def test_two_sheets_typed_back_delete_the_files(
    var: Path, first: FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet_files.write_first_access(first)
    one, two, three = first.sheets
    other = another_set(one)
    for typing, sentence in (
        ("", "First sheet: Type the words"),
        (f"{one}\n", "Second sheet: Type the words"),
        (f"{one}\n{two} acid", "Second sheet: A sheet has 33 words; here are 34"),
        (f"nonsense {one}\n{two}", "First sheet: Word 1"),
        (f"{three}\n{three}", "typed twice"),
        (f"{one}\n{other[1]}", "two different sets"),
        (f"{other[0]}\n{other[1]}", "not recovery sheets of this desk"),
    ):
        with pytest.raises(CommandError, match=sentence):
            run("confirm_sheets", typing=typing, patch=monkeypatch)
    assert len(list(var.iterdir())) == 2
    said = run("confirm_sheets", typing=f"{three.upper()}\n{one}\n", patch=monkeypatch)
    assert not list(var.iterdir())
    # Nobody has used them yet, and the file is gone.
    assert f"of {first.username} stood in one of them" in said
    assert first.words in said
    assert Event.objects.filter(verb="sheets_kept").count() == 1


def test_at_a_terminal_a_word_that_is_none_is_asked_again_and_nothing_is_shown(
    var: Path, first: FirstAccess, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    one, two = (sheet.split() for sheet in first.sheets[:2])
    answers = iter([*one[:5], "acadamic", " ".join(one[5:20]), "  ", " ".join(one[20:]), *two])
    monkeypatch.setattr(typed_sheets.sys, "stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(typed_sheets.getpass, "getpass", lambda prompt: next(answers))
    assert run("recover", "--dry-run") == "The recovery sheets open 0 of 0 tips.\n"
    said = capsys.readouterr().out
    assert "Word 6 is not in the list. Type it again." in said
    assert "acadamic" not in said
    assert not is_shown(first.sheets[0], said)


def test_the_page_is_printed_again_only_while_its_words_are_here(
    var: Path, first: FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet_files.write_first_access(first)
    page = (var / "recovery-sheets.html").read_text()
    (var / "recovery-sheets.html").unlink()
    run("print_sheets")
    assert (var / "recovery-sheets.html").read_text() == page
    typing = f"{first.sheets[0]}\n{first.sheets[1]}\n"
    run("confirm_sheets", typing=typing, patch=monkeypatch)
    with pytest.raises(CommandError, match=r"\./run manage recover --new-sheets"):
        run("print_sheets")


def test_what_the_desk_s_user_plants_is_not_printed_and_in_the_way_of_no_new_sheets(
    var: Path, first: FirstAccess
) -> None:
    page = var / "recovery-sheets.html"
    (page / "planted").mkdir(parents=True)
    with pytest.raises(CommandError, match="on paper alone"):
        run("print_sheets")
    sheet_files.write_new_sheets(first.sheets)
    assert page.is_file()


def test_recover_prints_one_time_words_that_open_everything(
    kim: Person, first: FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tip_of(send())
    typing = f"{first.sheets[1]}\n{first.sheets[0]}\n"
    said = run("recover", "kim", typing=typing, patch=monkeypatch)
    person = settled(kim.officer, said.splitlines()[2].strip())
    assert opens(person, before)
    assert opens(person, tip_of(send()))


def test_recover_dry_run_counts(
    sam: Person, first: FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    send()
    typing = f"{first.sheets[1]}\n{first.sheets[2]}\n"
    said = run("recover", "--dry-run", typing=typing, patch=monkeypatch)
    assert said == "The recovery sheets open 1 of 1 tips.\n"


@pytest.mark.parametrize("arguments", [["--new-sheets"], ["kim", "--new-sheets"]])
def test_new_sheets_are_written_to_print_and_the_old_ones_open_no_more(
    var: Path,
    kim: Person,
    first: FirstAccess,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
) -> None:
    typing = f"{first.sheets[1]}\n{first.sheets[2]}\n"
    said = run("recover", *arguments, typing=typing, patch=monkeypatch)
    assert "The old sheets still open every copy and backup of the database" in said
    with pytest.raises(CommandError, match="not recovery sheets of this desk"):
        run("recover", "--dry-run", typing=typing, patch=monkeypatch)
    assert [path.name for path in var.iterdir()] == ["recovery-sheets.html"]  # tips go on
    page = (var / "recovery-sheets.html").read_text()
    words = re.findall(r"<li>(\w+)</li>", page)
    assert len(words) == 3 * 33
    typing = f"{' '.join(words[:33])}\n{' '.join(words[66:])}\n"
    assert "0 of 0" in run("recover", "--dry-run", typing=typing, patch=monkeypatch)
    run("confirm_sheets", typing=typing, patch=monkeypatch)
    assert not list(var.iterdir())


@pytest.mark.parametrize("arguments", [["nobody"], [], ["sam"], ["sam", "--new-sheets"]])
def test_recover_refuses_a_name_that_is_none(
    sam: Person, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    with pytest.raises(CommandError, match=r"\./run manage recover NAME"):
        run("recover", *arguments, typing="not a sheet", patch=monkeypatch)


def test_rotate_names_who_was_granted_the_new_key(
    sam: Person, kim: Person, first: FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing = f"{first.sheets[1]}\n{first.sheets[2]}\n"
    said = run("rotate_desk_key", typing=typing, patch=monkeypatch)
    assert "Granted to kim, supervisor." in said
    assert DeskKeyGrant.objects.count() == 4


def test_a_rotation_that_nobody_could_open_is_not_made(
    first: FirstAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    Officer.objects.update(is_active=False)
    typing = f"{first.sheets[1]}\n{first.sheets[2]}\n"
    with pytest.raises(CommandError, match="use recover"):
        run("rotate_desk_key", typing=typing, patch=monkeypatch)
    assert DeskKey.objects.count() == 1


@pytest.mark.parametrize("command", ["createsuperuser", "changepassword"])
def test_djangos_own_password_commands_say_what_to_use(command: str) -> None:
    with pytest.raises(CommandError, match="recover NAME"):
        run(command)


@pytest.mark.django_db
@pytest.mark.parametrize("command", ["prepare", "migrate"])
@pytest.mark.parametrize("applied", [("tips", "0001_initial"), ("campaign", "0077_of_a_later_one")])
def test_a_database_of_another_version_is_left_as_it_is(
    var: Path, command: str, applied: tuple[str, str]
) -> None:
    MigrationRecorder(connection).record_applied(*applied)
    with (
        CaptureQueriesContext(connection) as queries,
        pytest.raises(CommandError, match="never released, or by a newer one: nothing was changed"),
    ):
        run(command)
    assert all(query["sql"].startswith("SELECT ") for query in queries)
    assert not list(var.iterdir())
