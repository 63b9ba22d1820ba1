"""Values that no form offers, and what must not become of them."""

from django.db import transaction

ODD = (
    "\0",
    "9" * 20,
    "(",
    b"\xff",
    "-1",
    "",
    "a",
    "9" * 400,
    "2026-13-45",
    "9999-12-31",
    "\ud800".encode("utf-8", "surrogatepass"),
    "🙂%s{0}'",
)
FINE = {200, 302, 303, 400, 403, 404, 405}


def query(name, value):
    raw = value if isinstance(value, bytes) else value.encode()
    return f"?{name}=" + "".join(f"%{byte:02X}" for byte in raw)


def asked(client, method, address, *rest):
    """The status, with what was asked for; what it did to the database is undone."""
    before = transaction.savepoint()
    answer = getattr(client, method)(address, *rest)
    transaction.savepoint_rollback(before)
    return (answer.status_code, method, address, *map(repr, rest))


def faults(answers):
    return [answer for answer in answers if answer[0] not in FINE]
