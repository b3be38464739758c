"""Tells a disk without room from what is wrong with a file."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.errors import DiskFull

# EDQUOT is a quota of the system's; a disk that found itself broken is made read-only.
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})


@contextmanager
def room_needed(advice: str) -> Iterator[None]:
    """Raise DiskFull, with what to do, for what is written within and finds no room."""
    try:
        yield
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise DiskFull(advice) from error
