"""An application that answers as it is told, and a visitor of the copies before it."""

import gzip
from io import BytesIO

import brotli

HOST = "site.example"
WORDS = b"<p>Who to call. " * 200
PUBLIC = {"Cache-Control": "public, max-age=60", "Content-Type": "text/html; charset=utf-8"}
FORMS = {"identity": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Application:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self):
        self.status, self.body, self.headers = "200 OK", WORDS, dict(PUBLIC)
        self.asked = []
        self.closed = 0
        self.error = None
        self.meanwhile = lambda: None

    def __call__(self, environ, start_response):
        self.asked.append(environ)
        self.meanwhile()
        if self.error:
            raise self.error
        length = {"Content-Length": str(len(self.body))}
        start_response(self.status, list((length | self.headers).items()))
        return Chunks(self)


class Chunks:
    def __init__(self, application):
        self.application, self.body = application, application.body

    def __iter__(self):
        return iter((self.body[:100], self.body[100:]))

    def close(self):
        self.application.closed += 1


def environ_of(path="/", method="GET", **more):
    query = path.partition("?")[2]
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.partition("?")[0],
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
        "HTTP_HOST": HOST,
        **more,
    }


class Got:
    """What a visitor received."""

    def __init__(self, cache, environ):
        said = {}

        def start_response(status, headers, exc_info=None):
            said.update(status=int(status[:3]), headers=dict(headers))

        chunks = cache(environ, start_response)
        self.body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        self.status, self.headers = said["status"], said["headers"]
