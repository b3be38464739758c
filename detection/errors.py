"""Errors of the detector."""

from ingest.errors import LibongError


class ModelError(LibongError, ValueError):
    """Weights or manifest that cannot be used."""


class TilingError(LibongError, ValueError):
    """A tiling that cannot cover a picture."""
