"""A site that stands behind nginx, asked through it; and nginx.conf as it is shipped."""

import threading
from contextlib import closing
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench import nginx

CONF = (nginx.OPERATORS / "nginx.conf").read_text()


class Site(ThreadingHTTPServer):
    """Stands behind nginx; answers as it is told, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Visitor)
        self.status, self.headers = 200, {"Cache-Control": "public, max-age=60"}
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def paths(self):
        return [path for path, _headers, _body in self.asked]


class Visitor(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        self.server.asked.append((self.path, dict(self.headers), self.rfile.read(length)))
        body = f"{self.path} {self.headers['Accept-Encoding']} {len(self.server.asked)}".encode()
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def ask(port, path, method="GET", body=None, address="127.0.0.1", **headers):
    source = (address, 0)
    with closing(HTTPConnection("127.0.0.1", port, timeout=20, source_address=source)) as line:
        line.request(
            method, path, body, {name.replace("_", "-"): headers[name] for name in headers}
        )
        answer = line.getresponse()
        return answer, answer.read().decode()
