"""The command that finds things in any pictures, and logs nothing: detect."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer
from rich.table import Table

from detection.detector import Detector, Picture
from detection.frame_look import look_at, look_at_unlocated
from detection.types import Detection
from ingest.errors import PhotoError, VideoError
from ingest.flight import log_refusal, read_frame
from ingest.frame import Frame, Note, RefusedFile
from ingest.photo import picture_size, sha256_of
from ingest.refusal import remedy_for
from ingest.sent_files import sent_files
from ingest.site_reference import SiteReference
from ingest.video.companions import companions
from ingest.video.video import read_video
from libong.cli.flight_files import NoPhotoError, Paths, SeaLevelOption, SiteOption, nothing_in
from libong.cli.output import Exit, JsonOption, console, print_json, progress_bar
from libong.cli.quality import limit_documents
from libong.open_models import open_detector
from libong.settings import read_settings
from libong.sites import open_site


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(detect)


def detect(
    paths: Paths,
    site: SiteOption = None,
    sea_level_ellipsoid_m: SeaLevelOption = None,
    min_score: Annotated[
        float | None,
        typer.Option(
            min=0.01,
            max=1,
            help="One threshold for all classes, not the model's own: of the network's scores, as "
            "in the model card, while the scores told are calibrated ones.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Find dugongs, boats and fishing gear in any pictures; nothing is logged.

    A picture without place or height is searched at several scales, and its boxes have no position.
    """
    settings = read_settings()
    where = open_site(site or settings.site, sea_level_ellipsoid_m=sea_level_ellipsoid_m).reference
    detector = open_detector(settings, min_score=min_score)
    with TemporaryDirectory(prefix="libong-") as folder, progress_bar() as progress:
        pictures, refused = _pictures(paths, where, Path(folder))
        if not pictures and not refused:
            raise NoPhotoError(nothing_in(paths))
        documents = [_detection_document(str(r.path), (), r.reason.text) for r in refused]
        for done, picture in enumerate(pictures):
            progress("detect", done, len(pictures))
            documents.append(_detect_one(picture, where, detector))
        progress("detect", len(pictures), len(pictures))
    documents = [d | {"model_sha256": detector.manifest.sha256} for d in documents]
    if as_json:
        print_json(documents)
    else:
        _print_detections(documents)
    failed = sum(document["error"] is not None for document in documents)
    if failed:
        raise typer.Exit(Exit.PARTIAL if failed < len(documents) else Exit.BAD_INPUT)


@dataclass(frozen=True)
class _Picture:
    """A file to search, what to call it, and the frame it is known to be: a still of a video."""

    shown: str
    path: Path
    frame: Frame | None = None


def _pictures(
    paths: Sequence[Path], where: SiteReference, work_folder: Path
) -> tuple[list[_Picture], list[RefusedFile]]:
    """List the files to search; ZIPs are unpacked into a folder, and videos sampled there."""
    sent = sent_files(paths, work_folder)
    refused = list(sent.refused)
    videos, others = companions(sent.paths)
    refused += [log_refusal(path, error) for path, error in videos.broken.items()]
    pictures: list[_Picture] = []
    for number, (path, known) in enumerate(sent.shown_by_path.items()):
        shown = str(known)
        if path in videos.paths:
            stills = work_folder / "stills" / str(number)
            try:
                frames = read_video(path, where, stills, logs=videos.logs)
            except (PhotoError, VideoError) as error:
                reason = Note(error.code, str(error))
                refused.append(RefusedFile(known, None, reason, remedy_for(error.code)))
            else:
                pictures += [_Picture(shown, frame.path, frame) for frame in frames]
        elif path in others or path in videos.lonely:
            pictures.append(_Picture(shown, path))
    return pictures, refused


def _detect_one(picture: _Picture, where: SiteReference, detector: Detector) -> dict[str, Any]:
    """Search one file; one that cannot be placed on the sea is searched without place."""
    shown = picture.shown
    try:
        frame = picture.frame or read_frame(picture.path, where)
    except PhotoError as unlocated:
        return _detect_unlocated(shown, picture.path, detector, unlocated)
    try:
        look = look_at(frame, detector)
    except PhotoError as broken:
        return _detection_document(shown, (), str(broken))
    return _detection_document(shown, look.detections, None) | {
        "limits": limit_documents(look.limits),
        "weight": round(look.weight, 3),
        "video_offset_s": None if frame.video is None else round(frame.video.offset_s, 3),
    }


def _detect_unlocated(
    shown: str, path: Path, detector: Detector, why: PhotoError
) -> dict[str, Any]:
    """Search a picture that ingest refused as a frame, when its pixels can be read at all."""
    try:
        size = picture_size(path)
        picture = Picture(path, sha256_of(path), size.width_px, size.height_px)
        look = look_at_unlocated(picture, detector)
    except PhotoError as exc:
        return _detection_document(shown, (), str(exc))
    told = f"searched at several scales, without place: {why}"
    return _detection_document(shown, look.detections, None) | {
        "limits": limit_documents(look.limits),
        "weight": round(look.weight, 3),
        "warnings": [told],
    }


def _detection_document(
    shown: str, found: Sequence[Detection], error: str | None
) -> dict[str, Any]:
    return {
        "path": shown,
        "detections": [
            {
                "class": d.object_class.value,
                "score": round(d.score, 4),
                "raw_score": None if d.raw_score is None else round(d.raw_score, 4),
                "xyxy_px": [round(v, 1) for v in d.xyxy_px],
                "lon": d.position.lon if d.position else None,
                "lat": d.position.lat if d.position else None,
                "error_m": None if d.error_m is None else round(d.error_m, 2),
            }
            for d in found
        ],
        "limits": [],
        "weight": None,
        "video_offset_s": None,
        "warnings": [],
        "error": error,
    }


def _print_detections(documents: Sequence[dict[str, Any]]) -> None:
    table = Table("file", "class", "score", "box px", "lon", "lat", "± m")
    for document in documents:
        name = Path(document["path"]).name
        if document["error"]:
            table.add_row(name, f"refused: {document['error']}")
        for d in document["detections"]:
            located = d["lon"] is not None
            table.add_row(
                name,
                d["class"],
                f"{d['score']:.2f}",
                " ".join(f"{v:.0f}" for v in d["xyxy_px"]),
                f"{d['lon']:.6f}" if located else "-",
                f"{d['lat']:.6f}" if located else "-",
                f"{d['error_m']:.1f}" if located else "-",
            )
    console.print(table)
    for document in documents:
        for limit in document["limits"]:
            console.print(f"{Path(document['path']).name}: {limit['th']} / {limit['en']}")
