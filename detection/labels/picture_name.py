"""Names of exported pictures: what they show, by hash, and when they were given out.

Labelling tools drop what they do not know, but keep the names of pictures. So a name tells which
picture it is and at which moment its labels were as the tool was given them.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

_TIME = "%Y%m%dt%H%M%S%fz"
# Tools put words before a picture's name (Label Studio) or folders (CVAT); hash and time stay.
# Label Studio keeps uploads in a Django FileField, which cuts paths to 100 characters: of ours the
# time's last digits are lost.
_NAME = re.compile(r"([0-9a-f]{64})(?:-(\d{8}t\d{2,12})z?)?")
_TIME_DIGITS = len("YYYYMMDDthhmmssffffff")


@dataclass(frozen=True)
class PictureName:
    """A picture's SHA-256, and when it was exported; None where its name does not tell.

    Of a name that was cut the time is the earliest that it may be: what was decided since stands.
    """

    sha256: str
    exported_at_utc: datetime | None = None

    @property
    def stem(self) -> str:
        """The file's name without its suffix."""
        if self.exported_at_utc is None:
            return self.sha256
        return f"{self.sha256}-{self.exported_at_utc.astimezone(UTC).strftime(_TIME)}"


def picture_named(name: str) -> PictureName | None:
    """Return what a file's name says, whatever a tool put before it; None where it has no hash."""
    found = _NAME.findall(name.lower())
    if not found:
        return None
    sha256, time = found[-1]
    try:
        whole = f"{time.ljust(_TIME_DIGITS, '0')}z"
        at_utc = datetime.strptime(whole, _TIME).replace(tzinfo=UTC) if time else None
    except ValueError:
        at_utc = None  # digits that are no date tell nothing
    return PictureName(sha256, at_utc)
