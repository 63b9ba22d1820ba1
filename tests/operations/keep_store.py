"""python -m tests.operations.keep_store, once at each release: a small store that it made, kept for
every later one (tests/operations/stores). What opens it lies beside it, and opens nothing else.
"""

import json
import subprocess
from pathlib import Path

from slu_antitrafficking.operations import version
from slu_antitrafficking.start.options import ROOT
from tests.operations.faults.crowd import post
from tests.running import CHEAP_WORDS, RunningSite

STORES = Path(__file__).parent / "stores"
TOLD = ("They keep her passport.", "He owes them for the flight.", "Twelve men sleep there.")


def main() -> None:
    name = version.of(ROOT).number
    site = RunningSite("run", ROOT, **CHEAP_WORDS).start()
    try:
        answers = [post(site, what_happened=told) for told in TOLD]
        programs = Path(f"/proc/{site.postgres()}/exe").readlink().parent
        dump = ["--format=custom", "--compress=9", "--no-owner", "--no-privileges"]
        file = STORES / f"{name}.dump"
        subprocess.run([programs / "pg_dump", *dump, f"--file={file}", site.owner_url], check=True)
        opens = {
            "sheets": [site.first[f"recovery-{number}"][0] for number in (1, 3)],
            "codes": {answer.code: answer.reference for answer in answers},
        }
        (STORES / f"{name}.json").write_text(json.dumps(opens, indent=1) + "\n")
    finally:
        site.throw_away()


if __name__ == "__main__":
    main()
