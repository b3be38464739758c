"""Texts and times as every format of exports can hold them."""

import re
from datetime import UTC, datetime

# All but the characters of XML 1.0, production [2] Char; the other formats could hold more, but the
# same incident should read the same in each.
_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_REPLACEMENT = "\ufffd"


def plain_text(text: str) -> str:
    """Return the text with plain line feeds, and U+FFFD in place of each illegal character."""
    return _NOT_XML.sub(_REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))


def utc_text(at: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, ending in Z as GPX receivers expect it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
