"""The lines of a telemetry file, read within bounds."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingest.errors import TelemetryError

MAX_FILE_BYTES = 64 << 20  # an hour of 60 blocks a second, as the Mavic 3 writes them
_MAX_LINE_BYTES = 1 << 12  # the longest real line has 250 bytes
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ORIGINAL = "send the .SRT file as the drone wrote it, from its card"


def telemetry_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield 1-based line numbers and lines without their ends.

    Text is UTF-8 with or without a mark; a line that is not is taken as Latin-1, in which some
    tools write the degree sign. Raises TelemetryError `unreadable`, `empty`, `too_large`,
    `not_text`.
    """
    try:
        size = path.stat().st_size
        if size == 0:
            raise TelemetryError(
                "empty",
                "the file is empty (0 bytes); switch on video captions in the drone's camera "
                "settings before the next flight, and copy this file again if it was not empty "
                "on the card",
            )
        if size > MAX_FILE_BYTES:
            raise TelemetryError(
                "too_large",
                f"the file has {size >> 20} MiB; telemetry has at most {MAX_FILE_BYTES >> 20}: "
                f"{_ORIGINAL}",
            )
        with path.open("rb") as stream:
            yield from _decoded(stream)
    except OSError as error:
        raise TelemetryError(
            "unreadable",
            f"the file cannot be read: {error.strerror or error}; check that it is there and may "
            "be read",
        ) from error


def _decoded(stream: BinaryIO) -> Iterator[tuple[int, str]]:
    line_number = 0
    while raw := stream.readline(_MAX_LINE_BYTES):
        line_number += 1
        if b"\0" in raw:
            raise TelemetryError(
                "not_text",
                f"there are zero bytes here, so this is a video or another kind of file, or text "
                f"in UTF-16; {_ORIGINAL}",
                line=line_number,
            )
        if line_number == 1:
            raw = raw.removeprefix(_BYTE_ORDER_MARK)
        try:
            line = raw.decode()
        except UnicodeDecodeError:
            line = raw.decode("latin-1")
        yield line_number, line.strip()
