"""How commands speak: JSON for machines, tables for people, exit codes for scripts."""

import json
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from detection.progress_lines import ProgressLines
from libong.progress import Progress as ProgressCallback

# A pipe or a file has no width; rich would take 80 columns and break names apart.
PIPED_WIDTH = 160
# Names of files and people are data, never markup: a bracket in one must not change what is shown.
console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, markup=False)
messages = Console(stderr=True, markup=False)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
LabelsAsShownOption = Annotated[
    bool,
    typer.Option(
        help="Pictures that Exif turns were labelled turned, as most tools show them; else as "
        "stored. COCO that tells a picture's sides decides by them."
    ),
]


def print_error(text: str) -> None:
    """Say on standard error, in one line, what went wrong."""
    messages.print(Text("error: ", style="bold red") + Text(text), soft_wrap=True)


class Exit(IntEnum):
    """Exit codes of every command."""

    OK = 0
    PARTIAL = 1
    BAD_INPUT = 2


def print_json(document: Any) -> None:
    """Print a JSON document, Thai letters as they are."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


STAGES = {
    "read": "reading files",
    "check": "comparing pictures",
    "detect": "searching frames",
    "crop": "cutting pictures",
    "fly": "flying",
    "chain": "checking the chain",
    "incident": "checking incidents",
    "flight": "checking flights",
    "account": "checking accounts",
    "message": "checking messages",
    "media": "reading pictures",
    "tile": "rendering tiles",
    "render": "rendering flights",
    "picture": "rendering pictures",
    "way": "trying ways",
    "measure": "measuring",
}


@contextmanager
def progress_bar() -> Iterator[ProgressCallback]:
    """Show a bar on standard error, one line a stage; silent when that is no terminal."""
    columns = (
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=messages, disable=not messages.is_terminal) as bar:
        tasks: dict[str, Any] = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(STAGES.get(stage, stage), total=total)
            bar.update(tasks[stage], completed=done, total=total)

        yield advance


@contextmanager
def progress_or_lines() -> Iterator[ProgressCallback]:
    """Show a bar on standard error, for work of hours; a line a minute where that is no terminal.

    What it runs may log a warning, which stands above the bar.
    """
    if messages.is_terminal:
        with progress_bar() as advance:
            yield advance
        return
    lines = ProgressLines(lambda line: messages.print(line, highlight=False))
    yield lambda stage, done, total: lines.advance(STAGES.get(stage, stage), done, total)


def log_as_a_service() -> None:
    """Print what is logged, and let a service manager's SIGTERM end the command as Ctrl+C does."""
    logging.basicConfig(
        level=logging.INFO,
        format="%(message)s",
        handlers=[RichHandler(console=messages, show_path=False)],
    )
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every connection
    signal.signal(signal.SIGTERM, signal.default_int_handler)
