"""Threads that read photos' metadata side by side, when there are enough photos for that."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from os import cpu_count

_WORTH_IT = 50
# Reading and hashing, more than half of the work, run beside the rest, which takes turns. Threads:
# a process takes seconds to import what this has, more than it saves on a thousand photos.
_MOST_WORKERS = 4


@contextmanager
def photo_readers(photos: int) -> Iterator[Executor | None]:
    """Threads to read so many photos with; None where one is enough."""
    workers = min(cpu_count() or 1, _MOST_WORKERS)
    if photos < _WORTH_IT or workers == 1:
        yield None
        return
    with ThreadPoolExecutor(workers) as executor:
        yield executor
