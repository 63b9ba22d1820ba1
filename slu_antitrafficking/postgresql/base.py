"""Django's connection to PostgreSQL, which asks no question to learn whether it still lives."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection of the pool that CONN_MAX_AGE makes."""

    def is_usable(self) -> bool:
        """Whether the server has not ended it: to a connection that asks nothing it says nothing
        else. Django's own asks `SELECT 1`, one more round trip in every request.
        """
        if self.connection is None or self.connection.closed:
            return False
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0)
