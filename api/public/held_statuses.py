"""Zone statuses held for a while, so that visitors do not make the store work."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from patrol.zone_status import ZoneStatus, ZoneStatusReader

HELD_FOR = timedelta(seconds=30)


class HeldStatuses:
    """A reader of zone statuses that asks another one at most every thirty seconds.

    However many ask: while one of them has the statuses read anew, the others are given those held
    before. Otherwise anyone could keep the store busy, and tell from the time of an answer how
    much is in it.
    """

    def __init__(self, read: ZoneStatusReader, now: Callable[[], datetime]) -> None:
        self._read = read
        self._now = now
        self._held: tuple[datetime, tuple[ZoneStatus, ...]] | None = None
        self._reading = Lock()

    def __call__(self) -> tuple[ZoneStatus, ...]:
        """Return the statuses as they were at most thirty seconds and one reading ago."""
        held = self._held
        if held is not None and self._is_fresh(held[0]):
            return held[1]
        # only before the first reading is there nothing to give, and so a wait
        if not self._reading.acquire(blocking=held is None) and held is not None:
            return held[1]
        try:
            held = self._held  # another may have read while this one waited
            if held is None or not self._is_fresh(held[0]):
                held = self._held = (self._now(), self._read())
            return held[1]
        finally:
            self._reading.release()

    def _is_fresh(self, read_at: datetime) -> bool:
        # a clock that was set back must not make them last
        return timedelta(0) <= self._now() - read_at < HELD_FOR
