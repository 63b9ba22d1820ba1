"""The child that cleans photos: when there is one, and what its end costs."""

import subprocess
import sys
import threading

from PIL import Image

from slu_antitrafficking import sandbox
from tests.public.photo_files import saved
from tips.public import photos
from tips.public.photos import Lost


def test_no_photo_asks_no_child(asked):
    assert photos.clean([]) == []
    assert not asked()
    photos.clean([b"x"])
    assert asked()


def test_a_child_that_dies_loses_only_the_photos_it_had_not_finished(monkeypatch, tmp_path):
    dies = tmp_path / "dies.py"
    dies.write_text(
        "import os, sys\n"
        "sys.stdout.buffer.write(b'\\0\\0\\0\\x03one' + b'\\0\\0\\0\\x09cut')\n"
        "sys.stdout.flush()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    monkeypatch.setattr(photos, "CHILD", dies)
    assert photos.clean([b"x" * 5_000_000, b"y", b"z"]) == [b"one", Lost.NO_TIME, Lost.NO_TIME]


def test_a_child_that_answers_too_much_costs_its_photo_alone(monkeypatch, tmp_path):
    broken = tmp_path / "broken.py"
    broken.write_text(
        "import sys\n"
        "for frame in (bytes(12_600_000), b'one'):\n"
        "    sys.stdout.buffer.write(len(frame).to_bytes(4, 'big') + frame)\n"
    )
    monkeypatch.setattr(photos, "CHILD", broken)
    assert photos.clean([b"x", b"y", b"z"]) == [Lost.DAMAGED, b"one", Lost.NO_TIME]


def test_a_photo_that_never_gets_its_turn_is_said_to_have_had_no_time(monkeypatch):
    monkeypatch.setattr(photos, "SECONDS", 0.1)
    with sandbox._one_child:
        assert photos.clean([b"x", b"y"]) == [Lost.NO_TIME, Lost.NO_TIME]


def test_a_child_that_never_ends_is_ended(monkeypatch, tmp_path):
    hangs = tmp_path / "hangs.py"
    hangs.write_text(
        "import sys, threading\n"
        "sys.stdout.buffer.write(b'\\0\\0\\0\\x03one')\n"
        "sys.stdout.flush()\n"
        "threading.Event().wait()\n"
    )
    monkeypatch.setattr(photos, "CHILD", hangs)
    monkeypatch.setattr(photos, "SECONDS", 2)
    assert photos.clean([b"x", b"y"]) == [b"one", Lost.NO_TIME]


def test_photos_do_not_keep_every_thread_from_taking_tips(monkeypatch, tmp_path):
    waits = tmp_path / "waits.py"
    waits.write_text("import sys\nsys.stdin.buffer.read()\n")
    monkeypatch.setattr(photos, "CHILD", waits)
    inside, go = threading.Semaphore(0), threading.Event()

    def held(raw, **limits):
        inside.release()
        go.wait()
        return b""

    monkeypatch.setattr(sandbox, "ask", held)
    waiting = [threading.Thread(target=photos.clean, args=([b"x"],)) for _ in range(4)]
    for thread in waiting:
        thread.start()
    inside.acquire()
    while photos._at_the_door._value:
        pass
    assert photos.clean([b"x"]) == [Lost.NO_TIME]
    go.set()
    for thread in waiting:
        thread.join()


def test_a_photo_of_48_megapixels_fits_into_bounded_memory():
    small = Image.linear_gradient("L").convert("RGB")  # what it costs is the same for any picture
    ask = (
        "import resource, sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from tips.public import photos\n"
        "done = photos.clean([sys.stdin.buffer.read()])\n"
        "print(len(done[0]), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run(
        [sys.executable, "-c", ask, str(photos.CHILD.parent.parent)],
        input=saved(small.resize((8064, 6048), Image.Resampling.NEAREST), "JPEG", progressive=True),
        capture_output=True,
        check=True,
    )
    size, peak = map(int, done.stdout.split())
    assert size > 10_000
    assert peak < 300 * 1024
