"""What a machine still has of the installation that a restore replaced.

A server that was just installed seals its backups to sheets of its own, which nobody keeps once
the desk's are back: the next lost disk would be lost for good.
"""

from pathlib import Path

from slu_antitrafficking import FIRST_SUPERVISOR_FILE, RECOVERY_SHEETS_FILE, is_by_starter
from slu_antitrafficking.operations import backup
from slu_antitrafficking.operations.typed_sheets import Sheets
from slu_antitrafficking.start.console import say, sentence_of
from slu_antitrafficking.start.options import Options
from tips.crypto import recovery_sheets


def give_way(options: Options, sheets: Sheets) -> None:
    """To the desk of these sheets, whose database has just taken its place.

    That is done: what fails here is said, with what is left to do.
    """
    if options.backup_recipient_file:
        _seal_backups_to(sheets.recipient, Path(options.backup_recipient_file), options)
    _end_first_start(options.var, recovery_sheets.normalise(sheets.first))


def _seal_backups_to(recipient: str, file: Path, options: Options) -> None:
    try:
        if file.exists() and file.read_text().strip() == recipient:
            return
        new = file.with_name(f".{file.name}-new")
        new.write_text(f"{recipient}\n")
        new.chmod(0o644)  # root's, and read by whoever seals
        new.replace(file)
        # Of backups that these sheets do not open: none counts, and a base backup is due.
        (backup.make_folder(options) / backup.STATE).unlink(missing_ok=True)
    except OSError as error:
        say(f"{sentence_of(error)}. Backups are still sealed to other sheets than these:")
        say(f"  ./run manage backup_recipient > {file}")
    else:
        say(f"Backups are sealed to these sheets from now on: {file}. Make the first: ./run backup")


def _end_first_start(var: Path, sheet: str) -> None:
    """Its one-time words and sheets, unless they are this desk's own, which two sheets typed back
    end."""
    words, page = var / FIRST_SUPERVISOR_FILE, var / RECOVERY_SHEETS_FILE
    found = [file for file in (words, page) if is_by_starter(file)]
    if any(sheet in file.read_text().replace("</li><li>", " ") for file in found):
        return
    if words in found:  # nobody typed two back, so no tip was ever sealed to these
        for file in found:
            file.unlink()
        say(f"{words.parent}: words and sheets of the installation before are deleted. The desk's")
        say("are the three of which you typed two.")
    elif found:
        say(f"{page} has other sheets, of the desk that was replaced. They open what was backed up")
        say("since they were made, and nothing here: do not throw yours away for them.")
