"""What a worker may use, and what it finds when it starts."""

import time
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


def test_what_it_computes_ends_after_40_seconds_of_a_processor(tmp_path: Path) -> None:
    source = sandbox.CHILD.read_text()
    assert "\nSECONDS = 40 " in source
    burns = child(
        tmp_path,
        "import sys\n"
        f"worker = {str(sandbox.CHILD)!r}\n"
        "source = open(worker).read().replace('\\nSECONDS = 40 ', '\\nSECONDS = 1 ')\n"
        "from PIL import Image\n"
        "def forever(*_, **__):\n"
        "    while True:\n"
        "        pass\n"
        "Image.open = forever\n"
        "exec(compile(source, worker, 'exec'), {'__name__': '__main__', '__file__': worker})\n",
    )
    began = time.monotonic()
    assert sandbox.ask([b"x"], child=burns) == b""
    assert time.monotonic() - began < sandbox.SECONDS / 2


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
