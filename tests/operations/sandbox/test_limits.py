"""What a worker may use, and what it finds when it starts."""

import io
import json
import os
import re
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from threading import Thread

import pillow_heif
import pytest
from PIL import Image

from slu_antitrafficking import sandbox
from tests.operations.sandbox.waiting import Waiting, waiting
from tests.running import until

pillow_heif.register_heif_opener()
MEMORY = 900 * 1024 * 1024


@pytest.fixture
def worker() -> Iterator[Waiting]:
    """A worker that waits."""
    with waiting() as worker:
        yield worker


def child(tmp_path: Path, code: str) -> Path:
    """A child that does this."""
    script = tmp_path / "child.py"
    script.write_text(code)
    return script


def test_its_limits_are_on_before_it_reads_a_photo(worker: Waiting) -> None:
    limits = {
        line[:26].strip(): line[26:].split()[:2]
        for line in (worker.proc / "limits").read_text().splitlines()
    }
    assert limits["Max cpu time"] == ["40", "40"]
    assert limits["Max address space"] == [str(MEMORY)] * 2
    assert limits["Max file size"] == limits["Max core file size"] == ["0", "0"]
    assert limits["Max open files"] == ["32", "32"]
    assert limits["Max processes"] == ["4096", "4096"]
    assert worker.status("NoNewPrivs") == "1"
    assert worker.status("Seccomp") == "2"


def test_no_code_can_be_written_where_it_runs(worker: Waiting) -> None:
    # Root may look; whoever else may not, for it is not dumpable.
    if os.geteuid() == 0:
        assert not re.findall(r"^\S+ rwx", (worker.proc / "maps").read_text(), re.M)
    else:
        with pytest.raises(PermissionError):
            (worker.proc / "maps").read_text()


def test_its_crash_leaves_no_dump_whatever_collects_dumps_here(tmp_path: Path) -> None:
    asks = child(
        tmp_path,
        "import ctypes, os, runpy\n"
        f"worker = runpy.run_path({str(sandbox.CHILD)!r})\n"
        "worker['seccomp'].load = lambda: ''\n"
        "worker['confine']()\n"
        "os.write(1, b'%d' % ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))\n",  # PR_GET_DUMPABLE
    )
    assert sandbox.ask([b"x"], child=asks) == b"0"


def test_it_inherits_nothing_but_its_question_and_its_answer(tmp_path: Path) -> None:
    looks = child(
        tmp_path,
        "import os, json\n"
        "fds = {n: os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd')\n"
        "       if os.path.exists(f'/proc/self/fd/{n}')}\n"
        "mine = {n: v for n, v in os.environ.items() if n != 'LC_CTYPE'}\n"
        "done = json.dumps([fds, mine, os.getcwd()]).encode()\n"
        "os.write(1, len(done).to_bytes(4, 'big') + done)\n",
    )
    with TemporaryFile() as file, socket.create_server(("127.0.0.1", 0)) as listening:
        for left_open in (file.fileno(), listening.fileno()):
            os.set_inheritable(left_open, True)
        (answer,) = sandbox.frames(sandbox.ask([b"x"], child=looks))
    descriptors, environment, folder = json.loads(answer)
    assert set(descriptors) == {"0", "1", "2"}
    assert descriptors["0"].startswith("/memfd:")
    assert descriptors["1"].startswith("pipe:")
    assert descriptors["2"] == "/dev/null"
    assert environment == {"MALLOC_ARENA_MAX": "2"}
    assert folder == "/"


def ten_bits() -> bytes:
    """33 megapixels of ten bits in tiles, as phones' largest HEIC are."""
    width, height = 7008, 4672
    grey = Image.linear_gradient("L").resize((width, height)).tobytes()
    colours = bytearray(6 * len(grey))
    for place in range(3):
        colours[2 * place + 1 :: 6] = grey
    out = io.BytesIO()
    picture = pillow_heif.from_bytes(mode="RGB;16", size=(width, height), data=bytes(colours))
    picture.save(out, quality=10, tile_size=1024, enc_params={"preset": "ultrafast"})
    return out.getvalue()


def flat(width: int, height: int, kind: str, mode: str = "RGB", **options: object) -> bytes:
    """What it costs to decode is the same for any picture."""
    out = io.BytesIO()
    grey = Image.linear_gradient("L").resize((width, height))
    picture = grey.convert(mode)
    if mode == "RGBA":
        picture.putalpha(128)
    picture.save(out, kind, **options)
    return out.getvalue()


# Its decoder's threads meet differently every time.
TIMES = [1, pytest.param(6, marks=pytest.mark.audit)]
QUICK = {"quality": 10, "enc_params": {"preset": "ultrafast"}}
# Near the most megapixels of each kind; what a phone makes, and 200 megapixels of it.
LARGEST = {
    "JPEG": lambda: flat(16_320, 12_240, "JPEG", quality=30),
    "progressive JPEG": lambda: flat(12_000, 9000, "JPEG", quality=30, progressive=True),
    "see-through PNG": lambda: flat(7000, 7000, "PNG", "RGBA", compress_level=1),
    "see-through WebP": lambda: flat(7000, 3900, "WEBP", "RGBA", quality=10, method=0),
    "HEIC": lambda: flat(16_000, 3900, "HEIF", **QUICK, tile_size=1024),
    "see-through AVIF": lambda: flat(6000, 4900, "AVIF", "RGBA", quality=10, speed=10),
    "see-through GIF": lambda: flat(7000, 7000, "GIF", "P", transparency=3),
}


@pytest.mark.parametrize("times", TIMES)
def test_the_largest_heic_leaves_a_quarter_of_the_memory_every_time(times: int) -> None:
    leaves_a_quarter(ten_bits(), times)


@pytest.mark.audit
@pytest.mark.parametrize("kind", LARGEST)
def test_the_largest_of_each_kind_leaves_a_quarter_of_the_memory(kind: str) -> None:
    leaves_a_quarter(LARGEST[kind](), 3)


def leaves_a_quarter(photo: bytes, times: int) -> None:
    """It is taken every time, by a new worker."""
    assert len(photo) < 10_000_000
    for _ in range(times):
        with waiting() as worker:
            assert worker.clean(photo).startswith(b"\xff\xd8")
            most = int(worker.status("VmPeak").removesuffix("kB"))
        assert most * 1024 < MEMORY * 3 / 4


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
    assert sandbox.ask([b"\xff\xd8\xff"], child=burns) == b""
    assert time.monotonic() - began < sandbox.SECONDS / 2


def test_a_photo_arrives_where_a_unit_forbids_to_change_priorities(tmp_path: Path) -> None:
    refused = child(
        tmp_path,
        "import os, runpy\n"
        "def nice(_):\n"
        "    raise PermissionError\n"
        "os.nice = nice  # as under SystemCallFilter=~@resources\n"
        f"runpy.run_path({str(sandbox.CHILD)!r}, run_name='__main__')\n",
    )
    answer = sandbox.ask([flat(64, 48, "JPEG")], child=refused)
    assert Image.open(io.BytesIO(answer[4:])).size == (64, 48)


def test_a_long_answer_costs_a_door_no_more_than_it_has_memory_for(tmp_path: Path) -> None:
    writes = child(tmp_path, "import os\nfor _ in range(300):\n    os.write(1, bytes(1 << 20))\n")
    answer = sandbox.ask([b"x"], child=writes)
    assert sandbox.LONGEST <= len(answer) <= sandbox.LONGEST + (1 << 20)


def test_only_one_works_at_a_time_and_waiting_for_it_ends(tmp_path: Path) -> None:
    begun, enough = tmp_path / "begun", tmp_path / "enough"
    hangs = child(
        tmp_path,
        "import os, time\n"
        f"open({str(begun)!r}, 'x').close()\n"
        f"while not os.path.exists({str(enough)!r}): time.sleep(0.05)\n",
    )
    first = Thread(target=sandbox.ask, args=([b"x"],), kwargs={"child": hangs})
    first.start()
    until(begun.exists)
    with pytest.raises(TimeoutError):
        sandbox.ask([b"x"], child=hangs, seconds=0.2)
    enough.touch()
    first.join()
