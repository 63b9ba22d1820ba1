"""log-in: seconds until an officer sees the desk, and the desk's memory while fifty try at once."""

import time
from functools import partial
from pathlib import Path
from statistics import median

from bench import load, people, stage
from bench.figure import Figure, alone
from bench.people import Person
from bench.stage import Served

OFFICERS = 2
TIMES = 3  # each may use the digits of three half minutes at once
CROWD = 50


def measure() -> list[Figure]:
    """The real desk; each log-in ends with the start page."""
    with stage.stage("log_in") as ground:
        officers = people.people(ground, OFFICERS)
        with ground.door("desk") as desk:
            people.log_in(desk.port, officers[0])  # the first answer loads what all need
            seconds = [_log_in(desk, person) for person in officers for _ in range(TIMES - 1)]
            idle = _memory(desk.pid, "VmRSS")
            _try_all_at_once(desk, officers[-1])
            peak = _memory(desk.pid, "VmHWM")
    return [
        alone("log-in", median(seconds), "s", "<= 1.5 s"),
        alone("log-in-slowest", max(seconds), "s"),
        alone("log-in-idle-memory", idle, "MB"),
        alone(f"log-in-{CROWD}-at-once-memory", peak, "MB"),
    ]


def _log_in(desk: Served, person: Person) -> float:
    cookie, fields = people.filled(desk.port, person)
    request = load.post(desk.port, people.LOG_IN, fields, cookie=cookie)
    began = time.perf_counter()
    head, _body = load.ask(desk.port, request, b"303")
    start = load.get(desk.port, "/desk/", cookie=people.cookies(head))
    load.ask(desk.port, start)
    return time.perf_counter() - began


def _try_all_at_once(desk: Served, person: Person) -> None:
    """Right words, wrong digits: as much work as any log-in, and most are told to press again."""
    cookie, fields = people.filled(desk.port, person)
    fields["otp_token"] = "000000"
    request = load.post(desk.port, people.LOG_IN, fields, cookie=cookie)
    load.together([partial(load.ask, desk.port, request) for _ in range(CROWD)])


def _memory(pid: int, name: str) -> float:
    """MB of the gunicorn's one worker."""
    (worker,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1000
