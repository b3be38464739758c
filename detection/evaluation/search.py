"""Searching labelled pictures as `libong detect` does, remembering what was found."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from PIL import Image, UnidentifiedImageError
from pyproj import Geod

from detection.detector import Picture
from detection.evaluation.counting import FlightCount, SearchedPicture, count_flight
from detection.evaluation.dataset import LabelledFlight, LabelledPicture
from detection.evaluation.scoring import ScoredFrame, found_boxes
from detection.manifest import Manifest
from detection.types import Detection, ObjectClass
from ingest.errors import PhotoError
from ingest.flight import read_frame
from ingest.frame import Frame
from ingest.lonlat import LonLat
from ingest.photo import sha256_of
from ingest.site_reference import SiteReference

# Low enough to see the whole trade between misses and false alarms.
CANDIDATE_SCORE = 0.05
_WGS84 = Geod(ellps="WGS84")
_DETECTION_PACKAGE = Path(__file__).resolve().parent.parent


class Searcher(Protocol):
    """Finds objects in pictures, as `detection.detector.Detector` does."""

    manifest: Manifest

    def detect(self, frame: Frame) -> tuple[Detection, ...]:
        """Search a located frame."""
        ...

    def detect_unlocated(self, picture: Picture) -> tuple[Detection, ...]:
        """Search a picture without place."""
        ...


@dataclass(frozen=True)
class Searchers:
    """A detector at its operating thresholds, and the same one at `CANDIDATE_SCORE`."""

    operating: Searcher
    candidates: Searcher


@dataclass(frozen=True)
class RefusedPicture:
    """A labelled picture that could not be searched, and why."""

    path: Path
    why: str


@dataclass(frozen=True)
class SearchedFlights:
    """Everything to be scored, and what was not."""

    frames: tuple[ScoredFrame, ...]
    counts: tuple[FlightCount, ...]
    rendered: tuple[str, ...]
    refused: tuple[RefusedPicture, ...]


def search_flights(
    flights: Sequence[LabelledFlight],
    searchers: Searchers,
    site_of: Callable[[LabelledFlight], SiteReference],
    *,
    cache: Path | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> SearchedFlights:
    """Search every picture once; a second copy of one, and one that cannot be read, is refused.

    What was found is kept in the folder `cache`, under what it depends on: the picture, its place,
    the model and the detector's own code. `on_progress` is told (pictures done, pictures in all).
    """
    total, done = sum(len(f.pictures) for f in flights), 0
    memory = _Memory(cache)
    seen: dict[str, Path] = {}
    frames: list[ScoredFrame] = []
    counts: list[FlightCount] = []
    refused: list[RefusedPicture] = []
    for flight in flights:
        searched: list[SearchedPicture] = []
        for picture in flight.pictures:
            try:
                digest = sha256_of(picture.path)
                first = seen.setdefault(digest, picture.path)
                if first != picture.path:
                    raise PhotoError("duplicate", f"the same content as {first}")
                searched.append(
                    _search(flight, picture, digest, searchers, site_of(flight), memory)
                )
            except PhotoError as exc:
                refused.append(RefusedPicture(picture.path, str(exc)))
            done += 1
            on_progress(done, total)
        frames += [s.scored for s in searched]
        if searched:
            thresholds = searchers.operating.manifest.reported_thresholds
            counts += count_flight(flight.name, searched, thresholds)
    rendered = tuple(f.name for f in flights if f.rendered)
    return SearchedFlights(tuple(frames), tuple(counts), rendered, tuple(refused))


def _search(
    flight: LabelledFlight,
    picture: LabelledPicture,
    digest: str,
    searchers: Searchers,
    site: SiteReference,
    memory: "_Memory",
) -> SearchedPicture:
    frame: Frame | None
    try:
        frame = read_frame(picture.path, site)
    except PhotoError:
        frame = None  # no place, or no whole photo: the search without place tells which
    found = memory.recall(
        searchers, frame, digest, lambda s: _detections(s, frame, picture.path, digest)
    )
    operating, candidates = found
    return SearchedPicture(
        ScoredFrame(
            flight=flight.name,
            frame=picture.path.name,
            truths=picture.truths,
            finds=found_boxes(operating),
            area_km2=0.0 if frame is None else area_km2(frame.footprint),
            candidates=found_boxes(candidates),
            gsd_cm=None if frame is None else frame.gsd_cm,
            sea_state=picture.sea_state,
            path=picture.path,
        ),
        frame,
        operating,
    )


def _detections(
    searcher: Searcher, frame: Frame | None, path: Path, digest: str
) -> tuple[Detection, ...]:
    if frame is not None:
        return searcher.detect(frame)
    try:
        with Image.open(path) as opened:
            width_px, height_px = opened.size
    except UnidentifiedImageError as exc:
        raise PhotoError("not_an_image", "the file is no picture that can be read") from exc
    except (Image.DecompressionBombError, OSError) as exc:
        raise PhotoError("unreadable", f"the picture cannot be read: {exc}") from exc
    return searcher.detect_unlocated(Picture(path, digest, width_px, height_px))


def area_km2(footprint: Sequence[LonLat] | None) -> float:
    """The area of a ring on the earth, 0 for none."""
    if footprint is None:
        return 0.0
    lons, lats = zip(*footprint, strict=True)
    area_m2, _ = _WGS84.polygon_area_perimeter(lons, lats)
    return abs(float(area_m2)) / 1e6


Pair = tuple[tuple[Detection, ...], tuple[Detection, ...]]


class _Memory:
    """Detections by what they depend on, a file a picture; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._code = _code_digest()

    def recall(
        self,
        searchers: Searchers,
        frame: Frame | None,
        picture_sha256: str,
        search: Callable[[Searcher], tuple[Detection, ...]],
    ) -> Pair:
        """Read what was found before, or search and keep it."""
        if self._folder is None:
            return search(searchers.operating), search(searchers.candidates)
        depends_on = (
            self._code,
            picture_sha256,
            searchers.operating.manifest.model_dump(mode="json", exclude={"metrics"}),
            CANDIDATE_SCORE,
            None if frame is None else (repr(frame.camera), repr(frame.pose)),
        )
        key = sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()
        file = self._folder / f"{key[:32]}.json"
        kept = _read(file, picture_sha256, frame, searchers.operating.manifest.sha256)
        if kept is not None:
            return kept
        found = search(searchers.operating), search(searchers.candidates)
        self._folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps([[_document(d) for d in part] for part in found])
        unfinished = file.with_suffix(".part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(file)
        return found


def _code_digest() -> str:
    """What the detector's own modules are, so that a changed one searches anew."""
    digest = sha256()
    for path in sorted(_DETECTION_PACKAGE.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _document(d: Detection) -> dict[str, Any]:
    return {
        "class": d.object_class.value,
        "score": d.score,
        "xyxy_px": d.xyxy_px,
        "position": d.position,
        "error_m": d.error_m,
    }


def _read(file: Path, picture_sha256: str, frame: Frame | None, model_sha256: str) -> Pair | None:
    """What a file kept; None where there is none, or one that was cut short or changed."""
    try:
        operating, candidates = json.loads(file.read_text(encoding="utf-8"))
        taken_at = None if frame is None else frame.taken_at_utc

        def detection(d: Mapping[str, Any]) -> Detection:
            left, top, right, bottom = d["xyxy_px"]
            return Detection(
                ObjectClass(d["class"]),
                d["score"],
                (left, top, right, bottom),
                picture_sha256,
                taken_at,
                None if d["position"] is None else LonLat(*d["position"]),
                d["error_m"],
                model_sha256,
            )

        return tuple(map(detection, operating)), tuple(map(detection, candidates))
    except (OSError, ValueError, KeyError, TypeError):
        return None
