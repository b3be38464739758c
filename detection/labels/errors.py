"""What can be wrong with labels."""

from ingest.errors import LibongError


class LabelError(LibongError, ValueError):
    """Labels that cannot be read, or that contradict themselves."""
