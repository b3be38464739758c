"""Processes that read photos' metadata side by side, when there are enough photos for that."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from os import cpu_count

# Below that a second process takes longer to start, about a second, than it saves.
_WORTH_IT = 300
_MOST_WORKERS = 8  # the disk is the limit then


@contextmanager
def photo_readers(photos: int) -> Iterator[Executor | None]:
    """Processes to read so many photos with; None where one is enough."""
    workers = min(cpu_count() or 1, _MOST_WORKERS)
    if photos < _WORTH_IT or workers < 2:
        yield None
        return
    # started anew, not forked: the progress bar's thread may hold a lock
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        yield executor
