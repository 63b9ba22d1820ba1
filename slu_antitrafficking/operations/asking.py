"""A door, asked on this machine."""

import http.client
import socket
from pathlib import Path


def status(where: Path | tuple[str, int], host: str, page: str = "/health/") -> int:
    """What the door at this socket or port answers under its host name; 0 for no answer."""
    line = http.client.HTTPConnection(host, timeout=5)
    try:
        if isinstance(where, Path):
            line.sock = socket.socket(socket.AF_UNIX)
            line.sock.settimeout(5)
            line.sock.connect(str(where))
        else:
            line.sock = socket.create_connection(where, timeout=5)
        line.request("GET", page, headers={"X-Forwarded-Proto": "https"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()
