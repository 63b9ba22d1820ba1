"""A door, asked on this machine."""

import http.client
import socket
from pathlib import Path

from slu_antitrafficking.own_faults import HEADER


def status(where: Path | tuple[str, int], host: str, page: str = "/health/") -> int:
    """What the door at this socket or port answers under its host name; 0 for no answer."""
    answer = _answer(where, host, page)
    return answer.status if answer else 0


def own_faults(where: Path, host: str) -> int:
    """How many answers of the door at this socket were its own fault since it was started."""
    answer = _answer(where, host, "/health/")
    return int(answer.headers.get(HEADER, "0")) if answer else 0


def _answer(where: Path | tuple[str, int], host: str, page: str) -> http.client.HTTPResponse | None:
    line = http.client.HTTPConnection(host, timeout=5)
    try:
        if isinstance(where, Path):
            line.sock = socket.socket(socket.AF_UNIX)
            line.sock.settimeout(5)
            line.sock.connect(str(where))
        else:
            line.sock = socket.create_connection(where, timeout=5)
        line.request("GET", page, headers={"X-Forwarded-Proto": "https"})
        return line.getresponse()
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()
