"""Commands on the detector's model: train, evaluate, export-model, render-flight."""

import importlib.util

import typer

from ingest.errors import LibongError


class ExtraMissingError(LibongError, RuntimeError):
    """A command that needs an optional part of the software."""


def register(app: typer.Typer) -> None:
    """Add this group's commands."""


def need_training_extra() -> None:
    """Raise ExtraMissingError, saying what to install, when torch or ultralytics are absent."""
    missing = [m for m in ("torch", "ultralytics") if importlib.util.find_spec(m) is None]
    if missing:
        raise ExtraMissingError(
            f"training needs {' and '.join(missing)}; install them with: make .venv/.train "
            "(or: pip install 'libong-watch[train]')"
        )
