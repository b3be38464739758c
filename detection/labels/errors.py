"""What can be wrong with labels."""

from ingest.errors import LibongError


class LabelError(LibongError, ValueError):
    """Labels that cannot be used, or that contradict themselves; names the file and the place."""
