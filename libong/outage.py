"""What is no flight's fault: a full disk, a database or a model that is away, no process."""

import errno

from detection.errors import ModelError
from ingest.disk_room import NO_ROOM
from ingest.errors import DiskFull, LibongError
from patrol.database import DatabaseAway

# Too many open files, here or on the whole machine, and no memory.
_MACHINES = NO_ROOM | {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


class OutageError(LibongError, RuntimeError):
    """What the work needs is not there at the moment; nothing is lost, and it has to wait."""


def outage_of(error: BaseException) -> OutageError | None:
    """Return the outage that an error tells of; None when a file or a flight may be at fault."""
    if isinstance(error, OutageError):
        return error
    if isinstance(error, DiskFull | DatabaseAway | ModelError):
        return OutageError(str(error))
    if isinstance(error, OSError) and error.errno in _MACHINES:
        where = f" ({error.filename})" if error.filename else ""
        return OutageError(f"this computer cannot go on: {error.strerror}{where}; make room for it")
    return None
