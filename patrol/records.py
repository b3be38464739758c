"""What the parts of the store have in common: a database, and sessions on it."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy.orm import Session

from patrol.database import Database

_Key = TypeVar("_Key", str, int)


class Records:
    """A part of the store; each of its calls is one transaction."""

    def __init__(self, database: Database) -> None:
        """Work in a database that has been migrated."""
        self._database = database

    @property
    def database(self) -> Database:
        """The database, for what is no part of the store's own work: measuring it, filling it."""
        return self._database

    def _reading(self) -> Session:
        return Session(self._database.reader)

    def _writing(self) -> Session:
        return Session(self._database.writer, expire_on_commit=False)


def storable(text: str) -> bool:
    """Return whether a text can be a key: PostgreSQL takes no NUL, and nothing takes surrogates."""
    return text.isprintable()


def pieces(values: Sequence[_Key], size: int = 500) -> Iterator[Sequence[_Key]]:
    """Cut a list so that no query has more values than a database takes."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
