"""How far a long measurement has come, and how long it may still take."""

from collections.abc import Callable
from math import ceil
from time import monotonic

from ingest.errors import LibongError

_TOLD_OF_EACH = 10  # parts of a long stage


class TimeUp(LibongError, RuntimeError):  # noqa: N818  says what happened without "Error"
    """A measurement that took longer than it was given; what was measured before stands."""


class Watch:
    """Says what is being measured, and ends the run once its time is up."""

    def __init__(self, say: Callable[[str], None], limit_s: float) -> None:
        """Let the time run from now on."""
        self._say, self._limit_s = say, limit_s
        self._began = monotonic()
        self._stage, self._told = "", 0

    @property
    def left_s(self) -> float:
        """Return the seconds that are left; raises TimeUp where none are."""
        left = self._limit_s - self._spent_s()
        if left <= 0:
            raise TimeUp(
                f"the {self._limit_s / 60:g} minutes are over at: {self._stage}; what was measured "
                "until then stands, more time is given with --minutes"
            )
        return left

    def stage(self, what: str) -> None:
        """Say what comes next; raises TimeUp."""
        self._stage, self._told = what, 0
        self._say(f"{self._clock()} {what}")
        _ = self.left_s

    def part(self, done: int, total: int) -> None:
        """Say now and then how much of the stage is done; raises TimeUp."""
        if done * _TOLD_OF_EACH >= (self._told + 1) * total:
            self._told = done * _TOLD_OF_EACH // total
            self._say(f"{self._clock()} {self._stage}: {100 * done // total} %")
        _ = self.left_s

    def foretell(self, what: str, seconds: float) -> None:
        """Say beforehand how long something will take, and whether there is time for it."""
        told = f"{self._clock()} {what}: about {ceil(seconds / 60)} minutes"
        if seconds > self._limit_s - self._spent_s():
            told += f", more than is left of {self._limit_s / 60:g}"
        self._say(told)

    def _clock(self) -> str:
        minutes, seconds = divmod(int(self._spent_s()), 60)
        return f"{minutes:3d}:{seconds:02d}"

    def _spent_s(self) -> float:
        return monotonic() - self._began
