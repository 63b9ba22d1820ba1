"""A mail server that takes mail for some addresses and refuses it for others."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread


class _Session(socketserver.StreamRequestHandler):
    """RFC 5321, as much of it as smtplib speaks."""

    def handle(self):
        self._say("220 ready")
        while line := self.rfile.readline():
            self._answer(line.decode().strip())

    def _answer(self, line):
        command = line[:4].upper()
        if command == "RCPT" and any(one in line for one in self.server.refused):
            self._say("550 no such mailbox")
        elif command == "DATA":
            self._say("354 go on")
            lines = list(iter(self.rfile.readline, b".\r\n"))
            self.server.taken.append(b"".join(lines).decode())
            self._say("250 taken")
        else:
            self._say("250 yes")

    def _say(self, words):
        self.wfile.write(f"{words}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, refused):
        super().__init__(("127.0.0.1", 0), _Session)
        self.refused, self.taken = refused, []

    @property
    def port(self):
        return self.server_address[1]


@contextmanager
def mail_server(*, refused: tuple[str, ...] = ()) -> Iterator[MailServer]:
    with MailServer(refused) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
