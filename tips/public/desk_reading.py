"""Whether anybody at the desk reads at present: the form says so before a citizen relies on it."""

from django.db import DatabaseError, InterfaceError, connection

from slu_antitrafficking.ttl_cache import TTLCache

_silent: TTLCache[bool] = TTLCache(60.0, apart=True)  # seconds; two days are not told to the minute


def is_silent() -> bool:
    """Whether a tip has waited for two days in which nobody at the desk read any.

    While the database is away it stays what it was: other pages say then what cannot be done.
    """
    return _silent.get("", _ask)


def forget() -> None:
    """The next question asks the database."""
    _silent.forget()


def _ask(last: bool | None) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT public.desk_is_silent()")
            return bool(cursor.fetchone()[0])
    except (DatabaseError, InterfaceError):
        return bool(last)
