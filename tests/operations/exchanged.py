"""A program of PostgreSQL's, or `age`, that does something else."""

import shutil
import tempfile
from pathlib import Path

from slu_antitrafficking.start.postgres import programs
from slu_antitrafficking.start.postgres.data_folder import locate
from slu_antitrafficking.start.state import State
from tests.running import RunningSite


def folder_with(site: RunningSite, program: str, script: str) -> Path:
    """Those that the site uses, and `program` a script of bash's; for PG_BIN and PATH. In the
    script $REAL is where PostgreSQL's true ones are.
    """
    real = programs.find(locate(State(site.var))).folder
    folder = Path(tempfile.mkdtemp(dir=site.folder))
    folder.chmod(0o711)  # PostgreSQL's user looks into it
    for one in (*real.iterdir(), Path(shutil.which("age") or "")):
        (folder / one.name).symlink_to(one)
    (folder / program).unlink()
    (folder / program).write_text(f"#!/bin/bash\nREAL={real}\n{script}\n")
    (folder / program).chmod(0o755)
    return folder
