"""What gunicorn says of a request that never reached the site: a short page with the numbers.

nginx has the same file for the same answers (deploy/nginx/nginx.conf).
"""

import socket
from pathlib import Path

from gunicorn.util import write_nonblock

FILE = Path(__file__).resolve().parent.parent / "deploy" / "nginx" / "errors" / "400.html"
# As slu_antitrafficking/middleware.py and deploy/nginx/errors/headers.conf say them.
HEADERS = (
    "Connection: close\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
    "X-Robots-Tag: noindex\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: same-origin\r\n"
    "Content-Security-Policy: default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'\r\n"
)
PAGE = FILE.read_bytes()


def write_error(client: socket.socket, status: int, reason: str, _message: str) -> None:
    """In the place of gunicorn's own, which quotes what was asked and names no number."""
    head = f"HTTP/1.1 {status} {reason}\r\n{HEADERS}Content-Length: {len(PAGE)}\r\n\r\n"
    write_nonblock(client, head.encode("ascii") + PAGE)
