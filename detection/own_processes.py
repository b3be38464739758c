"""Processes of a command's own, which work side by side and end with it."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from threading import Thread
from typing import TypeVar

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


def own_processes(count: int) -> ProcessPoolExecutor:
    """Return an executor of new processes, which end when this one does, even when it is killed."""
    return ProcessPoolExecutor(
        count, mp_context=multiprocessing.get_context("spawn"), initializer=_end_with_parent
    )


@contextmanager
def side_by_side(
    work: Callable[[_Job], _Result], jobs: Sequence[_Job], processes: int, *, chunk: int = 1
) -> Iterator[Iterator[_Result]]:
    """Do jobs in several processes; gives an iterator over what each returns, in their order.

    `work` is a function of a module; it is sent `chunk` jobs at once. Whoever leaves before the end
    does not wait for those that were not begun.
    """
    with own_processes(max(1, min(processes, len(jobs)))) as pool:
        try:
            yield pool.map(work, jobs, chunksize=chunk)
        finally:
            pool.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Let no process live on when its parent was killed: it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    Thread(target=watch, daemon=True, name="end-with-parent").start()
