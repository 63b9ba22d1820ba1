"""Another web site on this machine, with pages that aim at ours."""

from collections.abc import Mapping
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Elsewhere:
    """Serves one page: as `localhost` it is another site, as 127.0.0.1 our host's other port."""

    def __init__(self) -> None:
        self.page = ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(outer.page.encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> "Elsewhere":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def url(self, host: str) -> str:
        """The page under this name of ours."""
        return f"http://{host}:{self.server.server_port}/"

    def aims(
        self,
        target: str,
        fields: Mapping[str, str],
        *,
        encoding: str = "application/x-www-form-urlencoded",
        referrer: str = "no-referrer-when-downgrade",
        frame: str = "_self",
    ) -> None:
        """A filled form with one inviting button."""
        hidden = "".join(
            f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
            for name, value in fields.items()
        )
        self.page = (
            f'<meta name="referrer" content="{referrer}"><iframe name="frame"></iframe>'
            f'<form method="post" action="{target}" enctype="{encoding}" target="{frame}">'
            f"{hidden}<button>See my photos</button></form>"
        )
