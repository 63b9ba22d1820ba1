"""The two files of the first start: what must be handed to people, and three sheets to print.

Both are readable by the starter's user alone and go once two sheets were typed back.
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from slu_antitrafficking import is_by_starter
from tips.access.recovery import FirstAccess
from tips.models import OfficerKey


def write_first_access(first: FirstAccess) -> None:
    """Account, words and sheets, on disk for good before this returns.

    Raises OSError when the disk does not take them.
    """
    lines = [f"account\t{first.username}\t{first.words}"]
    lines += [f"recovery-{number}\t{words}" for number, words in enumerate(first.sheets, 1)]
    _write(settings.FIRST_SUPERVISOR_FILE, "\n".join([*lines, ""]))
    _write(settings.RECOVERY_SHEETS_FILE, _page(first.sheets))


def write_new_sheets(sheets: Sequence[str]) -> None:
    """The page to print of sheets that replace older ones.

    Raises OSError when the disk does not take it.
    """
    _write(settings.RECOVERY_SHEETS_FILE, _page(sheets))


def page_to_print() -> Path | None:
    """The page, made anew where the words still lie beside it; None where it is on paper alone."""
    path: Path = settings.RECOVERY_SHEETS_FILE
    if is_by_starter(settings.FIRST_SUPERVISOR_FILE):
        lines = settings.FIRST_SUPERVISOR_FILE.read_text().splitlines()
        _write(path, _page([line.split("\t")[1] for line in lines if line.startswith("recovery-")]))
    return path if is_by_starter(path) else None


def words_to_say() -> list[tuple[str, str]]:
    """Account and one-time words of the first start, as long as that account is not set up."""
    file: Path = settings.FIRST_SUPERVISOR_FILE
    lines = file.read_text().splitlines() if file.exists() else []
    accounts = [line.split("\t")[1:] for line in lines if line.startswith("account\t")]
    waiting = OfficerKey.objects.exclude(one_time_until=None)
    return [
        (name, words) for name, words in accounts if waiting.filter(officer__username=name).exists()
    ]


def _page(sheets: Sequence[str]) -> str:
    context = {
        "sheets": [words.split() for words in sheets],
        "made_on": timezone.localdate(),
    }
    return render_to_string("recovery_sheets.html", context)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
