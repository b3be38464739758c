"""How far long work is, told in lines: for logs, and for those who watch no bar."""

from collections.abc import Callable
from functools import partial
from time import monotonic

_EVERY_S = 60.0


class ProgressLines:
    """Tells how far work is, in a line a minute at most; work that is short passes in silence."""

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], float] = monotonic) -> None:
        """Begin to count the time; `clock` gives seconds."""
        self._tell, self._clock = tell, clock
        self._told_at_s = clock()

    def advance(self, what: str, done: int, total: int) -> None:
        """Take note that so many of so many steps of what is done are done."""
        now_s = self._clock()
        if now_s - self._told_at_s >= _EVERY_S:
            self._told_at_s = now_s
            self._tell(f"{what}: {done} of {total}")

    def of(self, what: str) -> Callable[[int, int], None]:
        """What one stage of the work calls with (steps done, steps in all)."""
        return partial(self.advance, what)
