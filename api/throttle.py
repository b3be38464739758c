"""A brake on guessing passwords."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

FREE_FAILURES = 5  # of one address with one name
FREE_FAILURES_OF_ADDRESS = 30  # with all names: an island gateway has several users
WINDOW = timedelta(minutes=15)
MAX_KEYS = 10_000  # bounds the memory; the longest untouched are forgotten first

_Key = tuple[str, str] | tuple[str]  # an address with a name, or an address alone


class LoginThrottle:
    """Counts logins that were begun and did not succeed, and says how long to wait.

    After five within fifteen minutes an address must wait before it tries that name again. Counting
    the pair means that nobody can lock a user out from somewhere else, nor all the users behind one
    island gateway by failing with one name. After thirty it must wait with every name, so that
    guessing one password for many names is slowed too.

    A login counts from its beginning, before the slow check of the password: otherwise all the
    guesses sent at once would pass before the first failure is known.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._begun: OrderedDict[_Key, tuple[datetime, ...]] = OrderedDict()
        self._lock = Lock()

    def try_begin(self, address: str, name: str) -> int:
        """Count a login that begins now and return 0, or how many seconds it must wait first."""
        limits: dict[_Key, int] = {
            (address, name): FREE_FAILURES,
            (address,): FREE_FAILURES_OF_ADDRESS,
        }
        now = self._now()
        with self._lock:
            free_at = max(self._free_at(key, free, now) for key, free in limits.items())
            if free_at > now:
                return int((free_at - now).total_seconds()) + 1
            for key in limits:
                self._begun[key] = (*self._recent(key, now), now)
                self._begun.move_to_end(key)
            while len(self._begun) > MAX_KEYS:
                self._begun.popitem(last=False)
        return 0

    def take_back(self, address: str, name: str) -> None:
        """Count the login begun last no more: its password was never looked at."""
        with self._lock:
            self._drop_last((address, name))
            self._drop_last((address,))

    def forget(self, address: str, name: str) -> None:
        """Forget the failures of a pair that has now logged in; others of its address stay."""
        with self._lock:
            self._begun.pop((address, name), None)
            self._drop_last((address,))

    def _free_at(self, key: _Key, free: int, now: datetime) -> datetime:
        recent = self._recent(key, now)
        return now if len(recent) < free else recent[-free] + WINDOW

    def _recent(self, key: _Key, now: datetime) -> tuple[datetime, ...]:
        return tuple(at for at in self._begun.get(key, ()) if at > now - WINDOW)

    def _drop_last(self, key: _Key) -> None:
        self._begun[key] = self._begun.get(key, ())[:-1]
        if not self._begun[key]:
            del self._begun[key]
