"""The command that measures the detector on labelled flights."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from detection.evaluation.class_names import ClassNames
from detection.evaluation.dataset import (
    LabelledFlight,
    LabelledPicture,
    LabelledSet,
    ReadingRules,
    read_labelled,
)
from detection.evaluation.document import document
from detection.evaluation.evaluation import Evaluation
from detection.evaluation.evaluation import evaluate as evaluate_frames
from detection.evaluation.gallery import mistakes, show
from detection.evaluation.gates import Gate, gates, photo_gates
from detection.evaluation.how_measured import how_measured
from detection.evaluation.labels import LabelFormat
from detection.evaluation.report import Report, summary, write_report
from detection.evaluation.search import (
    RefusedPicture,
    SearchedFlights,
    Searchers,
    search_flights,
)
from detection.evaluation.tables import tables
from detection.training.evaluate import RENDERED_SITE, render_flights
from detection.types import ObjectClass
from ingest.errors import LibongError
from ingest.flight import photo_paths
from ingest.site_reference import SiteReference
from libong.cli.flight_files import SeaLevelOption, SiteOption
from libong.cli.output import (
    Exit,
    JsonOption,
    LabelsAsShownOption,
    console,
    messages,
    print_json,
    progress_bar,
    progress_or_lines,
)
from libong.open_models import open_searchers
from libong.progress import Progress
from libong.settings import read_settings
from libong.sites import open_site

_DATA_HELP = (
    "Folder of flights with labels: YOLO, COCO, CSV, or rendered ones with truth.json. "
    "Without it, rendered flights of --split-rendered."
)


class Split(StrEnum):
    """Rendered flights that no training saw: to choose on, and to report."""

    VAL = "val"
    TEST = "test"


class NothingScoredError(LibongError, ValueError):
    """Pictures of which none could be searched."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(evaluate)


def evaluate(
    data: Annotated[
        Path | None, typer.Option(exists=True, file_okay=False, help=_DATA_HELP)
    ] = None,
    labels: Annotated[
        LabelFormat | None, typer.Option(help="Read this format alone, where there are several.")
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="NAME=CLASS", help="What a name in the labels means."),
    ] = None,
    ignored: Annotated[
        list[str] | None,
        typer.Option(
            "--ignore", metavar="NAME", help="A name in the labels to leave out; * for all others."
        ),
    ] = None,
    only: Annotated[
        list[ObjectClass] | None,
        typer.Option(help="Score this class alone, where no other was labelled; repeatable."),
    ] = None,
    unlabelled_are_empty: Annotated[
        bool, typer.Option(help="Pictures without labels hold nothing; else they are left out.")
    ] = False,
    labels_as_shown: LabelsAsShownOption = False,
    as_plain: Annotated[
        bool,
        typer.Option("--as-plain", help="Search as if pictures told neither place nor scale."),
    ] = False,
    split_rendered: Annotated[
        Split, typer.Option(help="Which rendered flights, where no --data is given.")
    ] = Split.TEST,
    flights: Annotated[int, typer.Option(min=1, help="How many rendered flights.")] = 24,
    first_flight: Annotated[
        int, typer.Option(min=0, help="The number of the first rendered flight.")
    ] = 0,
    flights_folder: Annotated[
        Path, typer.Option(help="Where rendered flights are kept between runs.")
    ] = Path("datasets/flights"),
    processes: Annotated[int, typer.Option(min=1, help="Processes that render flights.")] = 2,
    empty: Annotated[
        list[Path] | None,
        typer.Option(exists=True, help="Photos with nothing to find: counts false alarms."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Folder for report.md, report.html and what was found."),
    ] = None,
    must_pass: Annotated[
        bool, typer.Option("--must-pass", help="Exit with 1 unless every gate is passed.")
    ] = False,
    draws: Annotated[int, typer.Option(min=100, help="Draws of flights for intervals.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 0,
    site: SiteOption = None,
    sea_level_ellipsoid_m: SeaLevelOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure the model on labelled flights: recall, precision, false alarms, counts, curves.

    Each folder that holds pictures is a flight. Intervals are by drawing flights anew. With
    --report, what was found is kept, so that scoring again takes seconds.

    Scores on rendered flights say nothing of real animals.

    Example: libong evaluate --data my_flights --report var/report
    """
    settings = read_settings()
    where = open_site(site or settings.site, sea_level_ellipsoid_m=sea_level_ellipsoid_m).reference
    site_of = None if as_plain else partial(_site_of, where)
    if data is None:
        messages.print(f"rendering what is missing of {flights} flights into {flights_folder}")
        numbers = range(first_flight, first_flight + flights)
        labelled = _rendered(split_rendered, numbers, flights_folder, processes)
    else:
        names = ClassNames.parse(mapped or (), ignored or ())
        rules = ReadingRules(names, labels, unlabelled_are_empty, labels_as_shown)
        labelled = read_labelled(data, rules)
    searchers = open_searchers(settings)
    in_bits = f"The networks computed in {searchers.precision}; LIBONG_PRECISION=f32 has all alike."
    plain = ("Pictures were searched as if they told neither place nor scale.",) if as_plain else ()
    labelled = replace(labelled, notes=(*labelled.notes, in_bits, *plain))
    cache = None if report is None else report / "found"
    manifest = searchers.operating.manifest
    thresholds = {
        c: least for c, least in manifest.reported_thresholds.items() if not only or c in only
    }
    with progress_bar() as progress:
        searched = _search(labelled.flights, searchers, site_of, cache, progress)
        scored = evaluate_frames(
            searched.frames,
            thresholds,
            searched.counts,
            network_thresholds=manifest.thresholds if manifest.calibrations else {},
            rendered=searched.rendered,
            draws=draws,
            seed=seed,
        )
        passed = gates(scored)
        alarms = None
        if empty:
            nothing = _search((_empty_flight(empty),), searchers, site_of, cache, progress)
            alarms = _false_alarms(nothing, evaluate_frames(nothing.frames, thresholds))
            passed += photo_gates(alarms)
        written = None
        if report is not None:
            chosen = show(mistakes(searched.frames, thresholds), partial(progress, "crop"))
            title = f"Evaluation of {manifest.file}"
            notes = (*labelled.told, *(f"{r.path} is left out: {r.why}" for r in searched.refused))
            written = write_report(Report(title, scored, passed, chosen, notes), report)
    if as_json:
        print_json(_document(scored, passed, labelled, searched.refused, alarms))
    else:
        _print(scored, passed, labelled, searched.refused, alarms)
        for path in written or ():
            console.print(f"wrote {path}", highlight=False, soft_wrap=True)
    if searched.refused or labelled.left_out or (must_pass and not all(g.passed for g in passed)):
        raise typer.Exit(Exit.PARTIAL)


def _rendered(split: Split, numbers: range, folder: Path, processes: int) -> LabelledSet:
    """Flights of a split, each rendered where it is not there yet, or by another version."""
    with progress_or_lines() as progress:
        rendered = render_flights(
            split.value, len(numbers), folder, processes, partial(progress, "render"),
            first=numbers.start,
        )  # fmt: skip
    sets = [read_labelled(flight) for flight in rendered]
    flights = tuple(flight for one in sets for flight in one.flights)
    return LabelledSet(flights, tuple(note for one in sets for note in one.notes))


def _search(
    flights: Sequence[LabelledFlight],
    searchers: Searchers,
    site_of: Callable[[LabelledFlight], SiteReference] | None,
    cache: Path | None,
    progress: Progress,
) -> SearchedFlights:
    """Search flights, as plain pictures where there is no `site_of`.

    Raises:
        NothingScoredError: when not one picture could be searched.
    """
    searched = search_flights(
        flights,
        searchers,
        site_of or (lambda _: None),
        cache=cache,
        on_progress=partial(progress, "detect"),
    )
    if not searched.frames:
        first = searched.refused[0]
        raise NothingScoredError(
            f"none of {len(searched.refused)} pictures could be searched; {first.path}: {first.why}"
        )
    return searched


def _site_of(site: SiteReference, flight: LabelledFlight) -> SiteReference:
    """The site of a flight; rendered ones have their own."""
    return RENDERED_SITE if flight.rendered else site


def _empty_flight(paths: Sequence[Path]) -> LabelledFlight:
    """Photos with nothing to find, as one flight."""
    pictures = tuple(LabelledPicture(path, (), None) for path in photo_paths(paths))
    return LabelledFlight("nothing to find", Path(), pictures, rendered=False)


def _false_alarms(searched: SearchedFlights, scored: Evaluation) -> dict[str, int]:
    """False alarms by class in photos with nothing to find, and how many photos there were."""
    counts = {c.object_class.value: c.scores.tally.false_alarms for c in scored.classes}
    return {"frames": scored.frames, "refused": len(searched.refused), **counts}


def _document(
    scored: Evaluation,
    passed: Sequence[Gate],
    labelled: LabelledSet,
    refused: Sequence[RefusedPicture],
    alarms: dict[str, int] | None,
) -> dict[str, Any]:
    return {
        **document(scored, passed),
        "notes": list(labelled.notes),
        "labels_left_out": list(labelled.left_out),
        "refused": [{"path": str(r.path), "why": r.why} for r in refused],
        "false_alarms_where_nothing_is": alarms,
    }


def _print(
    scored: Evaluation,
    passed: Sequence[Gate],
    labelled: LabelledSet,
    refused: Sequence[RefusedPicture],
    alarms: dict[str, int] | None,
) -> None:
    if scored.caveat:
        console.print(scored.caveat, style="bold", highlight=False)
    console.print(summary(scored), highlight=False)
    for note in (*how_measured(scored), *labelled.told):
        console.print(note, highlight=False, soft_wrap=True)
    for shown in tables(scored, passed):
        table = Table(*shown.columns, title=shown.title, title_justify="left")
        for row in shown.rows:
            table.add_row(*row)
        console.print(table)
    for one in refused:
        console.print(f"left out: {one.path}: {one.why}", highlight=False, soft_wrap=True)
    if alarms is not None:
        told = ", ".join(f"{name} {count}" for name, count in alarms.items())
        console.print(f"false alarms where nothing is: {told}", highlight=False)
