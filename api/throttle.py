"""A brake on guessing passwords."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

FREE_FAILURES = 5
WINDOW = timedelta(minutes=15)
MAX_KEYS = 10_000  # bounds the memory; the longest untouched are forgotten first


class LoginThrottle:
    """Counts failed logins by address and name together.

    After five failures within fifteen minutes that address must wait before it tries that name
    again. Counting the pair means that nobody can lock a user out from somewhere else, nor all
    the users behind one island gateway by failing with one name.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._failures: OrderedDict[tuple[str, str], tuple[datetime, ...]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, address: str, name: str) -> int:
        """Return how many seconds this address must wait before it may try this name; 0: none."""
        with self._lock:
            recent = self._recent((address, name))
            if len(recent) < FREE_FAILURES:
                return 0
            return max(1, int((recent[-FREE_FAILURES] + WINDOW - self._now()).total_seconds()) + 1)

    def record_failure(self, address: str, name: str) -> None:
        """Count one failed login."""
        key = (address, name)
        with self._lock:
            self._failures[key] = (*self._recent(key), self._now())[-FREE_FAILURES:]
            self._failures.move_to_end(key)
            while len(self._failures) > MAX_KEYS:
                self._failures.popitem(last=False)

    def forget(self, address: str, name: str) -> None:
        """Forget the failures of a pair that has now logged in."""
        with self._lock:
            self._failures.pop((address, name), None)

    def _recent(self, key: tuple[str, str]) -> tuple[datetime, ...]:
        oldest = self._now() - WINDOW
        return tuple(at for at in self._failures.get(key, ()) if at > oldest)
