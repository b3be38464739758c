"""What makes a dialect: a signature that no other dialect shares, and a reader."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from ingest.telemetry.record import Moment, TelemetryRecord


@dataclass(frozen=True)
class Dialect:
    """One way in which drones write a block.

    `signature` is searched in a block's text (tags removed); `read` makes the record of a block and
    leaves out what is damaged: it never raises.
    """

    name: str
    signature: re.Pattern[str]
    read: Callable[[Moment, str], TelemetryRecord]

    def claims(self, text: str) -> bool:
        """Whether a block is written in this dialect."""
        return self.signature.search(text) is not None
