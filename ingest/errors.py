"""The root of all errors this software raises on purpose, and those of ingest."""


class LibongError(Exception):
    """Root of every error raised on purpose; its text is fit to be shown to a user.

    The text says what is wrong, with the value, and how to mend it.
    """


class PhotoError(LibongError, ValueError):
    """A photo that cannot become a Frame."""

    def __init__(self, code: str, message: str) -> None:
        """Keep `code`, a stable word translations and tests go by, beside the message."""
        super().__init__(message)
        self.code = code


class ArchiveError(LibongError, ValueError):
    """A ZIP, or an entry of one, that is not unpacked."""

    def __init__(self, code: str, message: str) -> None:
        """Keep `code`, a stable word translations and tests go by, beside the message."""
        super().__init__(message)
        self.code = code


class TelemetryError(LibongError, ValueError):
    """A telemetry file in which nothing is usable."""

    def __init__(self, code: str, message: str, *, line: int | None = None) -> None:
        """Keep `code`, a stable word for tests, and the 1-based `line` that decided, if any."""
        super().__init__(message if line is None else f"line {line}: {message}")
        self.code = code
        self.line = line


class VideoError(LibongError, ValueError):
    """A video that gives no frames."""

    def __init__(self, code: str, message: str) -> None:
        """Keep `code`, a stable word translations and tests go by, beside the message."""
        super().__init__(message)
        self.code = code


class DiskFull(LibongError, RuntimeError):  # noqa: N818  says what is wrong without "Error"
    """No byte more can be written; it says nothing of any file, and what came before is kept."""


class ProjectionError(LibongError, ValueError):
    """A pixel whose ray does not meet the sea surface, or a point no pixel sees."""
