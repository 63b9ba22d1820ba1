"""Debian's wrk, a client faster than any server; where it is missing, our own (bench/load.py)."""

import re
import shutil
import subprocess

from bench import load

ACCEPT = "gzip, deflate, br, zstd"  # as today's browsers send it
NEEDED = "it needs a client that is faster than nginx (apt-get install wrk)"


def rate(port: int, path: str, seconds: int, scheme: str = "http") -> float:
    """Answers a second to a browser's GET over load.CONNECTIONS connections.

    Raises load.Unexpected when one of them failed.
    """
    if not is_there() and scheme == "http":
        request = load.get(port, path, encoding=ACCEPT)
        return load.rate(port, lambda _number: request, seconds)
    command = ["wrk", "-t1", f"-c{load.CONNECTIONS}", f"-d{seconds}s"]
    command += ["-H", f"Accept-Encoding: {ACCEPT}", f"{scheme}://{load.HOST}:{port}{path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec: +([0-9.]+)", said)
    if not found or "Non-2xx" in said or "Socket errors" in said:
        raise load.Unexpected(said)
    return float(found[1])


def is_there() -> bool:
    """Whether wrk is installed."""
    return shutil.which("wrk") is not None
