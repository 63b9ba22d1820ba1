"""awareness-nginx: answers a second of / behind the operator's nginx, beside nginx with a file;
both by TLS.
"""

from contextlib import ExitStack

from bench import awareness, load, nginx, stage, wrk
from bench.figure import Figure, compared


def measure() -> list[Figure]:
    """The bare nginx has Debian's settings, which open a file anew for everybody.

    What it makes of the file with the operator's own settings is a figure without a bar. Raises
    RuntimeError where wrk is missing, load.Unexpected when two answers differ.
    """
    nginx.program()
    if not wrk.is_there():
        raise RuntimeError(wrk.NEEDED)
    with stage.stage("awareness_nginx") as ground, ExitStack() as served:
        door = served.enter_context(ground.door("public"))
        _headers, body = awareness.page(door.port)
        (ground.folder / "index.html").write_bytes(body)
        door_address = f"{load.HOST}:{door.port}"
        tls = nginx.certificate(ground.folder)
        operators = nginx.operators(ground.folder, door_address, tls=True)
        behind, _desk, tuned = served.enter_context(operators)
        plain = served.enter_context(nginx.files(ground.folder, tls=True))
        for port in (behind, plain, tuned):
            if awareness.page(port, tls)[1] != body:
                raise load.Unexpected("not everybody answers the same")
        ours, file, tuned_file = awareness.rates([behind, plain, tuned], "https")
    return [
        compared("awareness-nginx", ours, file, "/s", ">= 0.9"),
        compared("awareness-nginx-tuned-file", ours, tuned_file, "/s", "-"),
    ]
