"""The `libong` command."""

import sys

import typer

from ingest.errors import LibongError
from libong.cli import (
    accounts,
    backup,
    bench,
    demo,
    detect,
    doctor,
    evaluate,
    flights,
    frames,
    labels,
    ledger,
    locate,
    model_folder,
    models,
    notify,
    permits,
    push,
    records,
    report,
    sample_month,
    serve,
    sync,
    telemetry,
    tides,
    worker,
    zones,
)
from libong.cli.output import Exit, print_error
from libong.outage import outage_of

app = typer.Typer(
    name="libong",
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
frames.register(app)
flights.register(app)
locate.register(app)
detect.register(app)
telemetry.register(app)
serve.register(app)
worker.register(app)
notify.register(app)
push.register(app)
sync.register(app)
demo.register(app)
records.register(app)
ledger.register(app)
backup.register(app)
report.register(app)
sample_month.register(app)
models.register(app)
evaluate.register(app)
bench.register(app)
doctor.register(app)
app.add_typer(accounts.app, name="user")
app.add_typer(labels.app, name="labels")
app.add_typer(model_folder.app, name="models")
app.add_typer(zones.app, name="zones")
app.add_typer(permits.app, name="permits")
app.add_typer(tides.app, name="tides")


def main() -> None:
    """Run the command; an error raised on purpose is told in one line, with exit code 2."""
    try:
        app()
    except Exception as exc:
        told = exc if isinstance(exc, LibongError) else outage_of(exc)
        if told is None:
            raise
        print_error(str(told))
        sys.exit(Exit.BAD_INPUT)
