"""Commands on labels: what officers decided, to labelling tools and back."""

from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated

import typer

from detection.labels.folder import LabelFormat
from ingest.site_reference import SiteReference
from libong.cli.output import JsonOption, LabelsAsShownOption, console, print_json
from libong.composition import open_media, open_store
from libong.label_exchange import export_labels, import_labels
from libong.settings import read_settings
from libong.sites import open_site

app = typer.Typer(no_args_is_help=True, help="What officers decided, for the detector to learn.")


def register(parent: typer.Typer) -> None:
    """Add this group's commands."""
    parent.add_typer(app, name="labels")


@app.command("export")
def export_(
    to: Annotated[Path, typer.Option(help="A new or empty folder to write into.")],
    label_format: Annotated[
        LabelFormat, typer.Option("--format", help="How boxes are written for labelling tools.")
    ] = LabelFormat.COCO,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only frames taken on this local day or later."),
    ] = None,
    flight: Annotated[list[str] | None, typer.Option(help="Only these flights.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write all reviewed frames with their labels into a folder, a folder for each flight.

    Confirmed, corrected and drawn boxes become labels; dismissed detections are listed in
    negatives.csv. People are told by role, not by name. Positions are in the pictures and in
    frames.json: treat the folder as you treat the originals.

    Example: libong labels export --to labels --format yolo
    """
    settings = read_settings()
    reference = open_site(settings.site).reference
    since_utc = _site_time(since and datetime.combine(since, time()), reference)
    with closing(open_store(settings)) as store:
        done = export_labels(
            store, open_media(settings), reference, to, label_format,
            at_utc=datetime.now(UTC), flight_ids=flight or (), since_utc=since_utc,
        )  # fmt: skip
    if as_json:
        print_json(asdict(done))
        return
    objects = ", ".join(f"{n} {name}" for name, n in sorted(done.objects.items())) or "none"
    console.print(
        f"wrote {done.flights} flights to {to}: {done.complete} frames fully labelled, "
        f"{done.partial} partly; objects: {objects}; {done.false_alarms} false alarms",
        highlight=False,
    )
    if done.without_original:
        console.print(
            f"left out {done.without_original} reviewed frames whose original is not kept",
            highlight=False,
        )


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="File, folder or ZIP of COCO or YOLO.")],
    actor: Annotated[str, typer.Option(help="Account of the officer who answers for it.")],
    complete: Annotated[
        bool, typer.Option("--complete", help="All there is to see in these frames is labelled.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what would change.")
    ] = False,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"],
            help="Local time of the export, where the pictures' names do not tell it.",
        ),
    ] = None,
    labels_as_shown: LabelsAsShownOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take labels back from CVAT, Label Studio or another tool that writes COCO or YOLO.

    Pictures are known by the SHA-256 in their names, which also tell when they were exported. What
    changed becomes a new version of its label; older versions stay. A box that the tool took away
    becomes a false alarm, unless it was decided after the export: what came later stands. All of an
    import is kept, or nothing.

    Example: libong labels import cvat.zip --actor somchai --complete
    """
    settings = read_settings()
    given_at_utc = _site_time(as_of, open_site(settings.site).reference)
    with closing(open_store(settings)) as store:
        done = import_labels(
            store, open_media(settings), path,
            actor=actor, at_utc=datetime.now(UTC), complete=complete, dry_run=dry_run,
            given_at_utc=given_at_utc, as_shown=labels_as_shown,
        )  # fmt: skip
    if as_json:
        print_json(asdict(done))
        return
    console.print(
        f"{'would change' if dry_run else 'changed'} labels of {done.frames} frames: "
        f"{done.confirmed} confirmed, {done.drawn} drawn, {done.corrected} corrected, "
        f"{done.removed} removed; {done.unchanged} as they were",
        highlight=False,
    )
    if done.left:
        console.print(
            f"left {done.left} as they stand, decided after the export or perhaps so",
            highlight=False,
        )
    if done.of_unknown_age and done.left:
        console.print(
            f"the names of {done.of_unknown_age} pictures do not tell when they were exported; "
            "say so with --as-of",
            highlight=False,
        )
    if done.turned and not labels_as_shown:
        console.print(
            f"Exif turns {done.turned} labelled pictures when they are shown: where the labels do "
            "not tell the sides drawn on, they are read as stored; if they were drawn on turned "
            "pictures, say --labels-as-shown",
            highlight=False,
        )


def _site_time(local: datetime | None, site: SiteReference) -> datetime | None:
    return None if local is None else local.replace(tzinfo=site.timezone).astimezone(UTC)
