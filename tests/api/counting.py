"""What an answer costs."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def statements(do) -> int:
    """How many SQL statements ``do`` sends, BEGIN, COMMIT and savepoints included."""
    with CaptureQueriesContext(connection) as asked:
        do()
    return len(asked)
