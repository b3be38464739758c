"""Commands on models: learn from labels, list, promote, go back, measure what would be better."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from detection.detector import Detector
from detection.labels.folder import LabelFormat
from detection.model_folder import model_named, revert
from detection.model_folder import promote as promote_model
from detection.model_verdict import verdict_of
from detection.training.families import SMALL_FAMILIES, Family
from ingest.errors import LibongError
from libong.cli.model_list import list_models
from libong.cli.output import console, messages
from libong.composition import open_media, open_store
from libong.label_exchange import export_labels
from libong.open_models import open_detector
from libong.settings import SHIPPED_MODEL, Settings, read_settings
from libong.sites import open_site

app = typer.Typer(no_args_is_help=True, help="Models of this installation; all are kept.")
app.command("list")(list_models)


def register(parent: typer.Typer) -> None:
    """Add this group's commands."""
    parent.add_typer(app, name="models")


class PromotionError(LibongError, ValueError):
    """A candidate that does worse than the model in use."""


def open_model(manifest: Path) -> Detector:
    """Open the detector of a manifest."""
    return open_detector(read_settings(model=manifest))


def learn_from(labels: Path, *, minutes: float, processes: int, promote: bool) -> None:
    """Fine-tune the model in use on an exported folder, and promote it when asked and no worse.

    The folder's name `labels`, where there is none such, means what is in the store now.

    Raises:
        PromotionError: when asked to promote and a gate regresses.
    """
    settings = read_settings()
    if labels != Path("labels") or labels.exists():
        _learn(labels, settings, minutes, processes, promote=promote)
        return
    with TemporaryDirectory(prefix="libong-") as folder, closing(open_store(settings)) as store:
        exported = Path(folder) / "labels"
        export_labels(
            store, open_media(settings), open_site(settings.site).reference, exported,
            LabelFormat.YOLO, at_utc=datetime.now(UTC),
        )  # fmt: skip
        _learn(exported, settings, minutes, processes, promote=promote)


def _learn(
    labels: Path, settings: Settings, minutes: float, processes: int, *, promote: bool
) -> None:
    from detection.training.comparison import as_markdown
    from detection.training.fine_tune import FineTuning, Schedule, fine_tune
    from libong.cli.models import empty_photos, field_file

    settings.make_data_dir()
    candidate = fine_tune(
        FineTuning(
            labels=labels,
            base=settings.model,
            models=settings.models_dir,
            site=open_site(settings.site).reference,
            flights_folder=settings.data_dir / "rendered_flights",
            # the rest of the time goes into rendering, cutting and measuring
            schedule=Schedule(minutes=0.6 * minutes),
            processes=processes,
            photo_folder=field_file(settings, "photos", "sea"),
            empty_photos=tuple(empty_photos(settings).values()),
        ),
        open_model,
        lambda line: messages.print(line, highlight=False),
    )
    console.print(as_markdown(candidate.comparisons), highlight=False)
    told = "; ".join(candidate.against)
    console.print(f"candidate: {candidate.manifest}", highlight=False)
    if told and promote:
        raise PromotionError(
            f"the candidate {candidate.model_sha256[:12]} is worse than the model in use by more "
            f"than the noise, or not known to be as good ({told}), and was not promoted; label "
            "more frames of what it lost"
        )
    if told:
        console.print(f"keep the model in use; against the candidate: {told}", highlight=False)
    elif promote:
        _take_into_use(settings, candidate.model_sha256)
    else:
        console.print(
            f"no gate regresses; use it with: libong models promote {candidate.model_sha256[:12]}",
            highlight=False,
        )


def _take_into_use(settings: Settings, sha256: str) -> None:
    _tell_in_use(promote_model(settings.models_dir, sha256))
    console.print("go back with: libong models revert", highlight=False)


def _tell_in_use(chosen: Path) -> None:
    """Say from when on a chosen model is used, or that the environment names another."""
    now = read_settings().model
    told = f"in use from the next flight on: {chosen}"
    if now.resolve() != chosen.resolve():
        told = f"chosen: {chosen}; but as long as LIBONG_MODEL is set, that one is used: {now}"
    console.print(told, highlight=False)


@app.command()
def promote(
    model: Annotated[str, typer.Argument(help="Hash, or its beginning, as listed.")],
    force: Annotated[
        bool, typer.Option("--force", help="Also one that did worse, or was not measured.")
    ] = False,
) -> None:
    """Take a model of this installation into use; flights logged before keep their detections.

    A worker that runs uses it from its next flight on, unless it was started with LIBONG_MODEL.
    One that did worse than the model it came from, or was not measured to the end, is refused.

    Example: libong models promote 3f2a91
    """
    folder = read_settings().models_dir
    against = _told_against(model_named(folder, model).manifest)
    if against and not force:
        raise PromotionError(
            f"the model {model} was not promoted: {against}. Make one that does better of more "
            "labelled frames, or use this one nevertheless with: "
            f"libong models promote {model} --force"
        )
    if against:
        messages.print(f"against the model: {against}", highlight=False)
    manifest = promote_model(folder, model)
    _tell_in_use(manifest)


def _told_against(manifest: Path) -> str:
    """What speaks against using a model, in words; nothing where it is known to be as good."""
    verdict = verdict_of(manifest)
    if verdict is None:
        return "how it does beside the model it came from was not measured to the end"
    return "; ".join(verdict.against)


@app.command()
def quantise(
    flights: Annotated[int, typer.Option(min=1, help="Rendered flights to measure on.")] = 12,
    processes: Annotated[int, typer.Option(min=1, help="Processes that render.")] = 2,
    promote: Annotated[
        bool, typer.Option("--promote", help="Use the copy if it is faster and recall holds.")
    ] = False,
) -> None:
    """Make an eight-bit copy of the model in use, and tell how fast and how good it is here.

    It is worth a try on processors without bf16. The copy is fit for use while it finds less than
    one in a hundred fewer of each class on rendered flights; needs the extra `train`.
    """
    from libong.cli.models import field_file, need_training_extra

    need_training_extra()
    from detection.training.comparison import as_markdown
    from detection.training.eight_bits import EightBitPlan, eight_bit_copy

    settings = read_settings()
    settings.make_data_dir()
    made = eight_bit_copy(
        EightBitPlan(
            settings.model,
            settings.models_dir,
            settings.data_dir / "rendered_flights",
            flights,
            processes=processes,
            photo_folder=field_file(settings, "photos", "sea"),
        ),
        open_model,
        lambda line: messages.print(line, highlight=False),
    )
    console.print(as_markdown(made.comparisons), highlight=False)
    console.print(
        f"{made.times_as_fast:.2f} times as fast as the model in use; copy: {made.manifest}",
        highlight=False,
    )
    lost = ", ".join(
        f"{c.object_class} {c.measure} {c.before:.3f} to {c.after:.3f}" for c in made.lost
    )
    reason = f"it loses {lost}" if lost else ""
    if not reason and made.times_as_fast <= 1:
        reason = "it is no faster on this machine"
    if reason and promote:
        raise PromotionError(f"the copy {made.model_sha256[:12]} was not promoted: {reason}")
    if reason:
        console.print(f"keep the model in use: {reason}", highlight=False)
    elif promote:
        _take_into_use(settings, made.model_sha256)
    else:
        console.print(
            f"fit for use: libong models promote {made.model_sha256[:12]}", highlight=False
        )


@app.command("revert")
def go_back() -> None:
    """Go back to the model used before the last promotion; nothing is deleted."""
    manifest = revert(read_settings().models_dir)
    if manifest is None:
        console.print("none is promoted any more: the shipped model is chosen", highlight=False)
    _tell_in_use(manifest or SHIPPED_MODEL)


@app.command()
def curve(
    folder: Annotated[Path, typer.Option(help="Where flights and models are kept between runs.")],
    frames: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Labelled frames to learn from; may be repeated."),
    ] = None,
    flights: Annotated[int, typer.Option(min=1, help="Rendered flights to measure on.")] = 24,
    minutes: Annotated[float, typer.Option(min=0.1, help="Budget of each training.")] = 20.0,
    flat: Annotated[
        bool, typer.Option("--flat", help="Pictures of little contrast and colour, too.")
    ] = False,
    processes: Annotated[int, typer.Option(min=1, help="Processes that render.")] = 2,
) -> None:
    """Measure how much labelled frames of a new place help, on rendered seas never trained on.

    Prints a table for the model card: recall before, and after 50, 100 and 200 labelled frames.
    Real sea is rehearsed where it is at hand, as by `libong train --from`. --flat stands for a
    camera set as none that the model learnt from.
    Scores on rendered flights say nothing of real animals.
    """
    from libong.cli.models import need_training_extra

    need_training_extra()
    _curve(folder, sorted(set(frames or (50, 100, 200))), flights, minutes, processes, flat=flat)


def _curve(
    folder: Path,
    frames: Sequence[int],
    flights: int,
    minutes: float,
    processes: int,
    *,
    flat: bool,
) -> None:
    from detection.training.fine_tune import Schedule
    from detection.training.learning_curve import CurvePlan, curve_markdown, learning_curve
    from libong.cli.models import field_file

    settings = read_settings()
    plan = CurvePlan(
        settings.model, folder, tuple(frames), flights, Schedule(minutes=minutes), processes,
        field_file(settings, "photos", "sea"), flat,
    )  # fmt: skip
    points = learning_curve(plan, open_model, lambda line: messages.print(line, highlight=False))
    console.print(curve_markdown(points), highlight=False)


@app.command()
def families(
    folder: Annotated[Path, typer.Option(help="Where all is kept between runs.")],
    family: Annotated[
        list[Family] | None,
        typer.Option(help="A network to compare; may be repeated. Else the four small ones."),
    ] = None,
    tiles: Annotated[int, typer.Option(min=16, help="Rendered tiles to learn from.")] = 1500,
    test_tiles: Annotated[int, typer.Option(min=1, help="Other tiles to measure on.")] = 300,
    tile_px: Annotated[int, typer.Option(min=64, help="Side of a tile; a multiple of 32.")] = 320,
    passes: Annotated[int, typer.Option(min=1, help="How often each tile is learnt from.")] = 5,
    seeds: Annotated[
        int, typer.Option(min=1, help="Trainings of each network, to tell what chance does.")
    ] = 1,
    processes: Annotated[int, typer.Option(min=1, help="Processes that render tiles.")] = 2,
    device: Annotated[str, typer.Option(help="`cpu`, or the number of a GPU.")] = "cpu",
) -> None:
    """Compare families of networks: each taught the same pictures, scored on seas none has seen.

    Prints two tables for the model card, what each costs and what it finds, and keeps them in
    families.md and families.json in the folder; a run that was stopped goes on. COCO weights and
    real sea photos are used as by `libong train`. Scores on rendered tiles say nothing of real
    animals.

    Example: libong models families --folder runs/families --family yolo11n --family yolo26n
    """
    from libong.cli.models import field_file, need_training_extra

    need_training_extra()
    from detection.training.family_comparison import (
        FamiliesPlan,
        compare_families,
        families_markdown,
    )

    settings = read_settings()
    made = compare_families(
        FamiliesPlan(
            folder,
            tuple(dict.fromkeys(family or SMALL_FAMILIES)),
            field_file(settings, "weights", "yolo11n-coco.safetensors"),
            field_file(settings, "photos", "sea"),
            tiles, test_tiles, tile_px, passes, seeds, processes, device,
        ),
        lambda line: messages.print(line, highlight=False),
    )  # fmt: skip
    tables = families_markdown(made)
    (folder / "families.md").write_text(tables, encoding="utf-8")
    console.print(tables, highlight=False, soft_wrap=True, end="")
