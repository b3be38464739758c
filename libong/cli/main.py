"""The `libong` command."""

import sys
from typing import NoReturn

import typer

from ingest.errors import LibongError
from libong.cli.on_demand import CommandsOnDemand
from libong.cli.output import Exit, print_error

app = typer.Typer(
    name="libong",
    cls=CommandsOnDemand,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help=(
        "Watch over the dugongs of Koh Libong with drones: read flights, find dugongs, boats and "
        "fishing gear, log incidents by zone, serve alerts and a map that names no animal's place."
        "\n\nStart with: [bold]libong demo[/bold], then [bold]libong process FOLDER[/bold] for a "
        "flight of your own and [bold]libong serve[/bold]."
        "\n\nExit codes: 0 all well, 1 done but some files were refused, 2 wrong usage or input."
    ),
)


@app.callback()
def _root() -> None: ...


def main() -> None:
    """Run the command; an error raised on purpose is told in one line, with exit code 2."""
    try:
        app()
    except LibongError as exc:
        _refuse(exc)
    except Exception as exc:
        # it knows the database's errors, which take long to import for a command that needs none
        from libong.outage import outage_of

        outage = outage_of(exc)
        if outage is None:
            raise
        _refuse(outage)


def _refuse(error: LibongError) -> NoReturn:
    print_error(str(error))
    sys.exit(Exit.BAD_INPUT)
