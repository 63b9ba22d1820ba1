"""What a worker may use, and what it finds when it starts."""

from pathlib import Path
from threading import Thread

import pytest

from slu_antitrafficking import sandbox
from tests.running import until


def child(tmp_path: Path, code: str) -> Path:
    """A child that does this."""
    script = tmp_path / "child.py"
    script.write_text(code)
    return script


def test_a_long_answer_costs_a_door_no_more_than_it_has_memory_for(tmp_path: Path) -> None:
    writes = child(tmp_path, "import os\nfor _ in range(300):\n    os.write(1, bytes(1 << 20))\n")
    answer = sandbox.ask([b"x"], child=writes)
    assert sandbox.LONGEST <= len(answer) <= sandbox.LONGEST + (1 << 20)


def test_only_one_works_at_a_time_and_waiting_for_it_ends(tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    hangs = child(
        tmp_path,
        f"import threading\nopen({str(begun)!r}, 'x').close()\nthreading.Event().wait()\n",
    )
    first = Thread(target=sandbox.ask, args=([b"x"],), kwargs={"child": hangs, "seconds": 1.5})
    first.start()
    until(begun.exists)
    with pytest.raises(TimeoutError):
        sandbox.ask([b"x"], child=hangs, seconds=0.2)
    first.join()
