"""Commands on the detector's model: train, export-model, render-flight."""

import importlib.util
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
from libong.cli.output import console
from libong.composition import open_site
from libong.settings import Settings, read_settings


class ExtraMissingError(LibongError, RuntimeError):
    """A command that needs an optional part of the software."""


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


def train(
    out: Annotated[Path, typer.Option(help="Folder of this run.")] = Path("runs/train"),
    minutes: Annotated[float, typer.Option(min=0.1, help="Budget by the clock.")] = 60.0,
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
    resume: Annotated[bool, typer.Option(help="Go on from the last checkpoint.")] = False,
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
    a folder with weights/yolo11n-coco.safetensors and photos/sea. Checkpoints are kept after each
    epoch in the run's folder; --resume goes on from the last. samples.png shows the first tiles
    with their labels, curves.png the losses and scores by epoch. To go on from a released model
    with --start, give a --first-tile beyond the tiles it learnt from; averaged.pt then lies halfway
    between the start and the end of the training, which is often better on seas unlike the tiles.
    """
    need_training_extra()
    if labels is not None:
        learn_from(labels, minutes=minutes, processes=processes, promote=promote)
        return
    from detection.training.dataset import TilePlan, write_dataset
    from detection.training.run_record import write_curves, write_samples
    from detection.training.train import TrainingPlan
    from detection.training.train import train as train_network

    settings = read_settings()
    weights = field_file(settings, "weights", "yolo11n-coco.safetensors")
    photos = field_file(settings, "photos", "sea")
    for what, at_hand in (("COCO weights", weights), ("real sea photos", photos)):
        console.print(f"{what}: {at_hand or 'none, going on without'}", highlight=False)
    data = out / "tiles" / "data.yaml"
    if not (resume and data.is_file()):
        console.print(f"rendering {tiles} tiles", highlight=False)
        split = (
            TilePlan("train", tiles, tile_px, photos, first_tile),
            TilePlan("val", tiles // 20, tile_px),
        )
        write_dataset(out / "tiles", split, processes=processes)
        write_samples(out / "tiles", "train", out / "samples.png")
    if start is not None and start.suffix == ".onnx":
        from detection.training.renormalise import write_start_file

        start = write_start_file(start, out / "tiles" / "images" / "train", out / "start.pt")
    plan = TrainingPlan(
        data, out / "network", weights, minutes,
        start_weights=start, device=device, image_px=tile_px,
    )  # fmt: skip
    best = train_network(plan, resume=resume)
    write_curves(out / "network" / "results.csv", out / "curves.png")
    console.print(f"trained; next: libong export-model {best}", highlight=False)
    if start is not None:
        from detection.training.averaging import write_average

        tiles_folder = out / "tiles" / "images" / "train"
        halfway = write_average(start, best.with_name("last.pt"), tiles_folder, out / "averaged.pt")
        console.print(f"or halfway to where it began: {halfway}", highlight=False)


def export_model(
    weights: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A trained .pt.")],
    out: Annotated[Path, typer.Option(help="Folder for the ONNX file and its manifest.")] = Path(
        "models"
    ),
    name: Annotated[str, typer.Option(help="Name of the ONNX file.")] = "libong.onnx",
    flights: Annotated[
        int, typer.Option(min=2, help="Rendered flights for thresholds, and again for scores.")
    ] = 24,
    flights_folder: Annotated[
        Path, typer.Option(help="Where rendered flights are kept between runs.")
    ] = Path("datasets/flights"),
) -> None:
    """Turn trained weights into ONNX, choose thresholds on rendered flights, and measure.

    Thresholds and the calibration of scores are chosen on one set of flights and reported on
    another; reliability.svg shows how true the scores are. The manifest says how far OpenVINO's
    answers are from torch's.
    """
    need_training_extra()
    from detection.training.release import ReleasePlan, release

    settings = read_settings()
    manifest = release(
        ReleasePlan(
            weights=weights,
            onnx=out / name,
            flights_folder=flights_folder,
            val_flights=flights,
            test_flights=flights,
            empty_photos=empty_photos(settings),
            training={"weights": weights.name},
            coco_weights=field_file(settings, "weights", "yolo11n-coco.safetensors"),
        )
    )
    console.print(f"wrote {manifest}", highlight=False)


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
