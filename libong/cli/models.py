"""Commands on the detector's model: train, export-model, render-flight."""

import importlib.util
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from detection.training.evaluate import EmptyPhotos
from detection.training.flight import render_flight as render_plan
from detection.training.random_flight import random_flight
from detection.training.sample_plans import render_sample
from ingest.errors import LibongError
from libong.cli.model_folder import learn_from
from libong.cli.output import console, progress_or_lines
from libong.settings import SHIPPED_MODEL, Settings, read_settings
from libong.sites import open_site


class ExtraMissingError(LibongError, RuntimeError):
    """A command that needs an optional part of the software."""


class TrainOptionError(LibongError, ValueError):
    """Options of `libong train` that do not go together."""


_OF_TILES = ("tiles", "tile_px", "first_tile")
# A training from rendered scenes hears these; one from labels has a schedule of its own.
_NOT_WITH_LABELS = ("out", *_OF_TILES, "start", "device", "resume")


def register(app: typer.Typer) -> None:
    """Add this group's commands."""
    app.command()(train)
    app.command("export-model")(export_model)
    app.command("render-flight")(render_flight)


def need_training_extra() -> None:
    """Raise ExtraMissingError, saying what to install, when torch or ultralytics are absent."""
    missing = [m for m in ("torch", "ultralytics") if importlib.util.find_spec(m) is None]
    if missing:
        raise ExtraMissingError(
            f"training needs {' and '.join(missing)}; install them with: make .venv/.train "
            "(or: pip install 'libong-watch[train]')"
        )


def field_file(settings: Settings, *parts: str) -> Path | None:
    """Return a file or folder of the field data, when that is at hand and has it."""
    path = None if settings.field_data is None else settings.field_data.joinpath(*parts)
    return path if path is not None and path.exists() else None


def empty_photos(settings: Settings) -> dict[str, EmptyPhotos]:
    """The real photographs at hand that show no dugong, by folder."""
    reference = open_site(settings.site).reference
    return {
        folder: EmptyPhotos((path,), reference)
        for folder in ("brighton_beach", "sea")
        if (path := field_file(settings, "photos", folder)) is not None
    }


def given_options(context: typer.Context) -> dict[str, str]:
    """The options that stand on the command line: their parameters' names, and how written."""
    return {
        parameter.name: parameter.opts[0]
        for parameter in context.command.params
        if (source := context.get_parameter_source(parameter.name)) is not None
        and source.name == "COMMANDLINE"
    }


def train(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder of this run.")] = Path("runs/train"),
    minutes: Annotated[
        float, typer.Option(min=0.1, help="Budget by the clock, of all of a run with --resume.")
    ] = 60.0,
    tiles: Annotated[int, typer.Option(min=8, help="Rendered tiles to train on.")] = 6000,
    tile_px: Annotated[int, typer.Option(min=64, help="Side of a tile; a multiple of 32.")] = 640,
    first_tile: Annotated[
        int,
        typer.Option(
            min=0, max=4_000_000, help="Number of the first tile: others are other worlds."
        ),
    ] = 0,
    processes: Annotated[int, typer.Option(min=1, help="Processes that render tiles.")] = 2,
    start: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="A .pt or released .onnx to go on from, not COCO's."
        ),
    ] = None,
    device: Annotated[str, typer.Option(help="`cpu`, or the number of a GPU.")] = "cpu",
    resume: Annotated[
        bool, typer.Option(help="Go on with the run in --out that was stopped.")
    ] = False,
    labels: Annotated[
        Path | None,
        typer.Option("--from", help="Exported labels to fine-tune on; `labels`: from the store."),
    ] = None,
    promote: Annotated[
        bool, typer.Option("--promote", help="With --from: use the new model if it is no worse.")
    ] = False,
) -> None:
    """Train the detector from rendered scenes; then run `libong export-model`.

    With --from, the model in use is trained further on what officers decided instead, measured on
    flights kept back and on rendered ones, and written beside the others in the data folder.

    Starts from COCO weights, and paints objects into real sea photos, when LIBONG_FIELD_DATA names
    a folder with weights/yolo11n-coco.safetensors and photos/sea. samples.png shows the first tiles
    with their labels, curves.png the losses and scores by epoch. To go on from a released model
    with --start, give a --first-tile beyond the tiles it learnt from; averaged.pt then lies halfway
    between the start and the end of the training, which is often better on seas unlike the tiles.

    Checkpoints are kept after each epoch in the run's folder. --resume goes on with a run that was
    stopped as if it had not been: with its tiles, its optimiser, its curves, and what is left of
    its minutes, of which --minutes gives another sum. Name its --start again for averaged.pt. A run
    that was stopped before its first checkpoint keeps the tiles that it has, with --resume or when
    it is begun again in its folder. A folder that holds another run takes none.
    """
    given = given_options(context)
    if labels is not None:
        _refuse_beside_labels(given)
        need_training_extra()
        learn_from(labels, minutes=minutes, processes=processes, promote=promote)
        return
    if promote:
        raise TrainOptionError("--promote goes with --from; leave it out, or name labels")
    need_training_extra()
    from detection.training.begun_run import BegunRun
    from libong.training_run import SceneTraining, go_on, train_anew

    settings = read_settings()
    run = SceneTraining(
        out,
        BegunRun(tiles, tile_px, first_tile, minutes, device, start),
        coco_weights=field_file(settings, "weights", "yolo11n-coco.safetensors"),
        sea_photos=field_file(settings, "photos", "sea"),
        processes=processes,
    )
    if not resume:
        train_anew(run, _tell, progress_or_lines)
        return
    for unheard in (given[option] for option in _OF_TILES if option in given):
        _tell(f"{unheard} does not count: the run keeps its tiles")
    go_on(run, given, _tell, progress_or_lines)


def _tell(line: str) -> None:
    console.print(line, highlight=False)


def _refuse_beside_labels(given: Mapping[str, str]) -> None:
    """Raise TrainOptionError for options that learning from labels would leave unheard."""
    unheard = [given[name] for name in _NOT_WITH_LABELS if name in given]
    if unheard:
        raise TrainOptionError(
            f"{', '.join(unheard)} {'does' if len(unheard) == 1 else 'do'} not go with --from, "
            "which trains the model in use further, on the processor and from its beginning, and "
            "writes it beside the others in the data folder; leave out what does not go with it"
        )


def export_model(
    weights: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, help="A trained .pt, or a released .onnx."),
    ],
    out: Annotated[
        Path, typer.Option(help="Folder for the ONNX file and its manifest, which replace others.")
    ] = Path("runs/export"),
    name: Annotated[str, typer.Option(help="Name of the ONNX file.")] = "libong.onnx",
    flights: Annotated[
        int, typer.Option(min=2, help="Rendered flights for thresholds, and again for scores.")
    ] = 24,
    flights_folder: Annotated[
        Path, typer.Option(help="Where rendered flights are kept between runs.")
    ] = Path("datasets/flights"),
    processes: Annotated[int, typer.Option(min=1, help="Processes that render.")] = 2,
) -> None:
    """Turn trained weights into ONNX, choose thresholds on rendered flights, and measure.

    Thresholds and the calibration of scores are chosen on one set of flights and reported on
    another; reliability.svg shows how true the scores are. The manifest says how far OpenVINO's
    answers are from torch's. The network of a released model is measured anew when its ONNX file is
    given: on more flights, say.
    """
    need_training_extra()
    from detection.training.coco_export import BOATS_FILE
    from detection.training.release import ReleasePlan, release

    settings = read_settings()
    plan = ReleasePlan(
        weights=weights,
        onnx=out / name,
        flights_folder=flights_folder,
        val_flights=flights,
        test_flights=flights,
        empty_photos=empty_photos(settings),
        training={"weights": weights.name},
        coco_weights=field_file(settings, "weights", "yolo11n-coco.safetensors"),
        boats_onnx=SHIPPED_MODEL.with_name(BOATS_FILE),
        processes=processes,
    )
    with progress_or_lines() as progress:
        manifest = release(plan, progress)
    console.print(f"wrote {manifest}; try it with: LIBONG_MODEL={manifest}", highlight=False)


class Plan(StrEnum):
    """What can be rendered."""

    SEAGRASS_SURVEY = "seagrass_survey"
    WITH_FAULTS = "with_faults"
    BOATS_ON_VIDEO = "boats_on_video"
    RANDOM = "random"


def render_flight(
    out: Annotated[Path, typer.Argument(help="Folder to write the frames and truth.json into.")],
    plan: Annotated[Plan, typer.Option(help="A sample flight, or a random one.")] = Plan.RANDOM,
    number: Annotated[int, typer.Option(min=0, help="Which random flight.")] = 0,
) -> None:
    """Render a flight with known truth, with the metadata a drone writes.

    The same plan and number give the same pixels. Rendered flights say so in their metadata.

    Example: libong render-flight var/flight --plan random --number 7
    """
    if plan is Plan.RANDOM:
        truth = render_plan(random_flight("test", number), out)
    else:
        truth = render_sample(plan.value, out)
    console.print(f"wrote {truth}; next: libong process {out}", highlight=False)
