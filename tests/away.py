"""A database that is away, as the code sees it: nobody listens where it should be."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from pytest_django import DjangoDbBlocker

from campaign import offers


@contextmanager
def database_away(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Inside, every connection fails; afterwards all is as before."""
    where = connection.settings_dict["HOST"]
    with blocker.unblock():
        connection.close()
        connection.settings_dict["HOST"] = "/nowhere"
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["HOST"] = where
            offers.forget()
