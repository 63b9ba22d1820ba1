"""A request as a server hands it over, which no client would send."""

import io

from django.core.handlers.wsgi import WSGIHandler


def raw_post(
    path: str,
    body: bytes,
    kind: str = "application/x-www-form-urlencoded",
    length: int | str | None = None,
    **environ: str,
) -> tuple[int, str, bytes]:
    """Status, page, and what nobody read of the body, which `length` may say wrongly."""
    stream, answered = io.BytesIO(body), []
    chunks = WSGIHandler()(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": stream,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body) if length is None else length),
            **environ,
        },
        lambda status, headers: answered.append(int(status[:3])),
    )
    page = b"".join(chunks).decode()
    return answered[0], page, stream.read()
