"""What the public reads, held for a while: askers do not make the store work, nor tell time by it.

A change of a zone shows when the store is read next, for all zones at once. So whoever asks without
end learns of a change to five minutes at best, and never of a frame's own time: what is read holds
days alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Generic, TypeVar

HELD_FOR = timedelta(minutes=5)

T = TypeVar("T")


@dataclass(frozen=True)
class Reading(Generic[T]):
    """What was read, and when (aware UTC)."""

    told: T
    at_utc: datetime


class Held(Generic[T]):
    """A reader that asks another one at most every five minutes.

    However many ask: while one of them has it read anew, the others are given what was held
    before. Otherwise anyone could keep the store busy, and tell from the time of an answer how
    much is in it.
    """

    def __init__(self, read: Callable[[], T], now: Callable[[], datetime]) -> None:
        self._read = read
        self._now = now
        self._held: Reading[T] | None = None
        self._reading = Lock()

    def __call__(self) -> Reading[T]:
        """Return what was read at most five minutes and one reading ago."""
        held = self._held
        if held is not None and self._is_fresh(held):
            return held
        # only before the first reading is there nothing to give, and so a wait
        if not self._reading.acquire(blocking=held is None) and held is not None:
            return held
        try:
            held = self._held  # another may have read while this one waited
            if held is None or not self._is_fresh(held):
                at_utc = self._now()
                held = self._held = Reading(self._read(), at_utc)
            return held
        finally:
            self._reading.release()

    def _is_fresh(self, held: Reading[T]) -> bool:
        # a clock that was set back must not make it last
        return timedelta(0) <= self._now() - held.at_utc < HELD_FOR
