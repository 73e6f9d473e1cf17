"""Django's own PostgreSQL, whose connections are looked at before a request without asking the server anything."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is kept from one request to the next."""

    def is_usable(self) -> bool:
        """Whether the connection can still be used.

        A server that ended it (a restart, a time-out, a failure) has said so, and that lies in the socket to be read:
        then, and only then, it is asked. Django would ask at every request, a statement more for each.
        """
        if self.connection is None or self.connection.closed:
            return False
        said = select.poll()
        said.register(self.connection.fileno(), select.POLLIN)
        return not said.poll(0) or super().is_usable()
