"""python -m tests.operations.keep_store, once at each release: a small store that it made, kept for
every later one (tests/operations/stores). What opens it lies beside it, and opens nothing else.
"""

import json
import subprocess
from pathlib import Path

from django.conf import settings

from slu_antitrafficking.operations import version
from slu_antitrafficking.start.options import ROOT
from tests.attacks.visitor import Clerk, Visitor
from tests.operations.desk_walk import hired
from tests.operations.faults.crowd import Answer, post
from tests.operations.sandbox import kinds
from tests.running import CHEAP_WORDS, RunningSite
from tips.crypto import receipts

STORES = Path(__file__).parent / "stores"
TOLD = ("They keep her passport.", "He owes them for the flight.", "Twelve men sleep there.")
MESSAGE, NOTE, REPLY = "They moved her at night.", "Ask the port.", "We saw the van. Thank you."


def main() -> None:
    name = version.of(ROOT).number
    site = RunningSite("run", ROOT, **CHEAP_WORDS).start()
    try:
        answers = [post(site, what_happened=told) for told in TOLD]
        officer = worked_on(site, answers[0])
        programs = Path(f"/proc/{site.postgres()}/exe").readlink().parent
        dump = ["--format=custom", "--compress=9", "--no-owner", "--no-privileges"]
        file = STORES / f"{name}.dump"
        subprocess.run([programs / "pg_dump", *dump, f"--file={file}", site.owner_url], check=True)
        opens = {
            "sheets": [site.first[f"recovery-{number}"][0] for number in (1, 3)],
            "codes": {answer.code: answer.reference for answer in answers},
            "officer": {"username": officer.username, "words": officer.words},
            "worked_on": {
                "code": answers[0].code,
                "told": TOLD[0],
                "message": MESSAGE,
                "note": NOTE,
                "reply": REPLY,
            },
        }
        (STORES / f"{name}.json").write_text(json.dumps(opens, indent=1) + "\n")
    finally:
        site.throw_away()


def worked_on(site: RunningSite, tip: Answer) -> Clerk:
    """A message and a photo more, a note and a reply; by the second officer of that desk."""
    sent = Visitor().upload(
        f"{site.url}/follow-up/",
        {"van.jpg": kinds.jpeg()},
        code=tip.code,
        message=MESSAGE,
        submission=receipts.new_idempotency_key(),
    )
    assert "Your photo arrived." in sent.page
    boss = Clerk(site.desk_url, *site.first["account"], Visitor())
    boss.set_up()
    boss.log_in()
    officer = hired(boss, "second")
    page = officer.finds(tip.reference)
    for verb, fields in (
        ("take", {}),
        ("note", {"note": NOTE}),
        ("reply", {"answer": REPLY, "wait": "1"}),
    ):
        assert officer.verb(page, verb, **fields).status == 303
    return officer


if __name__ == "__main__":
    settings.configure()  # whose defaults say how a form with a photo is encoded
    main()
