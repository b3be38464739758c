"""Searching labelled pictures as `libong detect` does, remembering what was found."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pyproj import Geod

from detection.detector import Picture
from detection.evaluation.counting import FlightCount, SearchedPicture, count_flight
from detection.evaluation.dataset import LabelledFlight, LabelledPicture
from detection.evaluation.memory import Found, Memory
from detection.evaluation.scoring import ScoredFrame, found_boxes
from detection.frame_look import judged
from detection.labels.located import located_frame
from detection.manifest import Manifest
from detection.types import Detection, ObjectClass
from ingest.errors import PhotoError
from ingest.flight import read_frame
from ingest.frame import Frame
from ingest.lonlat import LonLat
from ingest.photo import picture_size, sha256_of
from ingest.quality import read_quality
from ingest.site_reference import SiteReference

_WGS84 = Geod(ellps="WGS84")


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
    """A detector at its operating thresholds, and the same one at `CANDIDATE_SCORE`.

    Low finds cannot stand for those at a threshold: what is joined or left out depends on what else
    was found. Where no curves are wanted there need be no `candidates`: the finds stand for them.
    `precision` is the engine's name of what its networks compute in.
    """

    operating: Searcher
    candidates: Searcher | None = None
    precision: str | None = None


@dataclass(frozen=True)
class RefusedPicture:
    """A labelled picture that could not be searched, and why."""

    path: Path
    why: str


@dataclass(frozen=True)
class SearchedFlights:
    """Everything to be scored, and what was not.

    `thresholds` are the operating ones, in which scores are told; `rendered` names the flights that
    are no photographs.
    """

    pictures: tuple[SearchedPicture, ...]
    thresholds: Mapping[ObjectClass, float]
    rendered: tuple[str, ...]
    refused: tuple[RefusedPicture, ...]

    @property
    def frames(self) -> tuple[ScoredFrame, ...]:
        """The pictures as boxes are scored in them."""
        return tuple(picture.scored for picture in self.pictures)

    @property
    def counts(self) -> tuple[FlightCount, ...]:
        """The objects of every flight, counted."""
        by_flight: dict[str, list[SearchedPicture]] = {}
        for picture in self.pictures:
            by_flight.setdefault(picture.scored.flight, []).append(picture)
        return tuple(
            count
            for name, pictures in by_flight.items()
            for count in count_flight(name, pictures, self.thresholds)
        )


def search_flights(
    flights: Sequence[LabelledFlight],
    searchers: Searchers,
    site_of: Callable[[LabelledFlight], SiteReference | None],
    *,
    cache: Path | None = None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> SearchedFlights:
    """Search every picture once; a second copy of one, and one that cannot be read, is refused.

    `site_of` gives a flight's clock and sea level, or None to search its pictures as plain ones,
    as if they told neither place nor scale.

    What was found is kept in the folder `cache`, under what it depends on: the picture, its place,
    the model and the detector's own code. `on_progress` is told (pictures done, pictures in all).
    """
    total, done = sum(len(f.pictures) for f in flights), 0
    memory = Memory(cache)
    seen: dict[str, Path] = {}
    searched: list[SearchedPicture] = []
    refused: list[RefusedPicture] = []
    for flight in flights:
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
    return SearchedFlights(
        tuple(searched),
        searchers.operating.manifest.reported_thresholds,
        tuple(f.name for f in flights if f.rendered),
        tuple(refused),
    )


def _search(
    flight: LabelledFlight,
    picture: LabelledPicture,
    digest: str,
    searchers: Searchers,
    site: SiteReference | None,
    memory: Memory,
) -> SearchedPicture:
    frame = None if site is None else _located(picture, site)
    manifest = searchers.operating.manifest
    found = memory.recall(
        (manifest, searchers.precision), frame, digest,
        lambda: _found(searchers, frame, picture.path, digest),
    )  # fmt: skip
    look = None
    if frame is not None and found.quality is not None:
        look = judged(frame, found.operating, found.quality, manifest)
    return SearchedPicture(
        ScoredFrame(
            flight=flight.name,
            frame=picture.path.name,
            truths=picture.truths,
            finds=found_boxes(found.operating),
            area_km2=0.0 if frame is None else area_km2(frame.footprint),
            candidates=found_boxes(found.candidates),
            gsd_cm=None if frame is None else frame.gsd_cm,
            sea_state=picture.sea_state,
            path=picture.path,
        ),
        look,
    )


def _located(picture: LabelledPicture, site: SiteReference) -> Frame | None:
    """The frame of a picture, as it was logged where labels were exported; None without a place."""
    if picture.logged is not None:
        located = located_frame(picture.path, picture.logged, site)
        return located if isinstance(located, Frame) else None
    with suppress(PhotoError):  # no place, or no whole photo: the plain search tells which
        return read_frame(picture.path, site)
    return None


def _found(searchers: Searchers, frame: Frame | None, path: Path, digest: str) -> Found:
    operating = _detections(searchers.operating, frame, path, digest)
    candidates = operating
    if searchers.candidates is not None:
        candidates = _detections(searchers.candidates, frame, path, digest)
    return Found(operating, candidates, None if frame is None else read_quality(frame))


def _detections(
    searcher: Searcher, frame: Frame | None, path: Path, digest: str
) -> tuple[Detection, ...]:
    if frame is not None:
        return searcher.detect(frame)
    size = picture_size(path)
    return searcher.detect_unlocated(Picture(path, digest, size.width_px, size.height_px))


def area_km2(footprint: Sequence[LonLat] | None) -> float:
    """The area of a ring on the earth, 0 for none."""
    if footprint is None:
        return 0.0
    lons, lats = zip(*footprint, strict=True)
    area_m2, _ = _WGS84.polygon_area_perimeter(lons, lats)
    return abs(float(area_m2)) / 1e6
