"""./run restore-drill FILE: two people, two sheets, another machine; nothing stays there.

The only trial of the seal itself. Every tip of the copy is opened.
"""

import subprocess
from collections.abc import Sequence

from slu_antitrafficking.operations import opened_backup, scratch, sealed_files
from slu_antitrafficking.operations.typed_sheets import ask_for_sheets
from slu_antitrafficking.start import processes
from slu_antitrafficking.start.console import Problem, say, step
from slu_antitrafficking.start.options import MANAGE, Options, named_path


def run(options: Options, arguments: Sequence[str]) -> None:
    """Raises Problem where the file or any tip in it does not open."""
    if len(arguments) != 1:
        raise Problem("Name one sealed backup: ./run restore-drill FILE")
    processes.stop_on_signals()
    path = named_path(arguments[0])
    sealed_files.check_header(path)
    sheets = ask_for_sheets()
    if sealed_files.kind_of(path, sheets.identity) != "dump":
        raise Problem(f"{path} is a base backup; try a dump.")
    with scratch.database() as copy:
        environment = options.environment(SERVE="both", OWNER_DATABASE_URL=copy.owner_url)
        with opened_backup.rows_of_dump(path, sheets.identity) as rows, step("The database"):
            load = subprocess.run([*MANAGE, "load_rows"], env=environment, stdin=rows, check=False)
        if load.returncode:
            raise Problem(f"{path} cannot be restored.")
        with step("Every tip, opened"):
            result = subprocess.run(
                [*MANAGE, "recover", "--dry-run"],
                env=environment,
                input=f"{sheets.first}\n{sheets.second}\n",
                capture_output=True,
                text=True,
                check=False,
            )
    say(result.stdout.strip())
    if result.returncode:
        raise Problem(result.stderr.strip())
    say("Restored, opened and deleted again. On the server: ./run manage restore_tried")
