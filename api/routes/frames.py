"""Frames for officers' tools: their pictures, places and lengths on the sea, and labels."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256 as hash_of
from http import HTTPStatus
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pyproj import Geod

from api.deps import ActingOfficer, OfficerSession, Services, ServicesDep
from api.frame_picture import Piece, frame_jpeg
from api.models import ProblemOut
from api.revalidation import is_known
from api.routes.v1 import NOT_FOUND, PROBLEMS, Sha256
from api.shown_frame import (
    ShownFrame,
    StaleLabelError,
    UnmeasurableError,
    labelled_frame,
    review_frame,
    shown_frame,
)
from detection.labels.by_hand import corrected, drawn, removed
from detection.labels.changes import Annotator
from detection.labels.label import Label, LabelledFrame, Undecided, Verdict
from detection.types import ObjectClass
from ingest.errors import ProjectionError
from ingest.projection import SeaView
from patrol.compliance import SIGMAS_OF_95_PERCENT
from patrol.labels import StoredLabel
from patrol.place_error import ERRORS_OF_95_PERCENT

router = APIRouter(prefix="/api/v1/frames", tags=["officers"], responses=dict(PROBLEMS))

_LABEL_PROBLEMS: Mapping[int | str, dict[str, Any]] = {
    **NOT_FOUND,
    400: {"model": ProblemOut, "description": "no proper box, or nothing is left to say of it"},
    409: {"model": ProblemOut, "description": "somebody else said something of this box meanwhile"},
}

_WGS84 = Geod(ellps="WGS84")
Coordinate = Annotated[float, Field(ge=-1e5, le=1e5, allow_inf_nan=False)]


@router.get(
    "/{sha256}/picture",
    response_class=Response,
    responses={**NOT_FOUND, 200: {"content": {"image/jpeg": {}}, "description": "the picture"}},
)
def picture(
    request: Request,
    at_hand: ServicesDep,
    _: OfficerSession,
    sha256: Sha256,
    width: Annotated[int, Query(ge=16, le=4096)] = 1280,
    piece: Annotated[str, Query(pattern=r"^(\d{1,5},){3}\d{1,5}$|^$")] = "",
) -> Response:
    """A frame, or a piece of it (`left,top,width,height` in its pixels), without metadata."""
    shown = shown_frame(at_hand, sha256)
    # the same address gives the same pixels for ever; the login is asked each time all the same
    etag = f'"{hash_of(f"1|{sha256}|{width}|{piece}".encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    if is_known(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    part = Piece(0, 0, shown.frame.width_px, shown.frame.height_px)
    if piece:
        x, y, w, h = map(int, piece.split(","))
        part = Piece(x, y, w, h)
    return Response(
        frame_jpeg(at_hand.media, sha256, part, width), media_type="image/jpeg", headers=headers
    )


class PointsIn(BaseModel):
    """Points of a frame in pixels from its left and top edge, in order."""

    model_config = ConfigDict(extra="forbid")

    xy_px: list[tuple[Coordinate, Coordinate]] = Field(min_length=1, max_length=50)


class PlaceOut(BaseModel):
    """Where a pixel falls on the sea, and how far off that may be.

    `error_m` is the root mean square; a circle of the other's radius holds it with 95 %.
    """

    lon: float
    lat: float
    error_m: float
    radius_of_95_percent_m: float


class MeasuredOut(BaseModel):
    """The places of points, and the length of the line through them.

    `length_error_m` is 1 sigma from the height and the lens, which stretch all lengths alike; an
    error of the camera's own place moves both ends and changes no length. With 95 % probability
    the length is off by `length_margin_m` at most.
    """

    places: list[PlaceOut]
    length_m: float
    length_error_m: float
    length_margin_m: float
    gsd_cm: float = Field(description="centimetres a pixel at the first point")


@router.post("/{sha256}/measure", responses=dict(NOT_FOUND))
def measure(
    at_hand: ServicesDep, _: ActingOfficer, sha256: Sha256, points: PointsIn
) -> MeasuredOut:
    """Places and lengths on the sea surface of points of a frame, by its logged pose."""
    shown = shown_frame(at_hand, sha256)
    view = at_hand.store.views.of_frame(shown.flight_id, sha256)
    if view is None:
        raise UnmeasurableError("nothing is known of the camera's direction in this frame")
    try:
        ground = [view.to_ground(xy) for xy in points.xy_px]
        gsd_cm = view.gsd_cm_at(points.xy_px[0])
    except ProjectionError as error:
        raise UnmeasurableError(str(error)) from error
    lons = [place.position.lon for place in ground]
    lats = [place.position.lat for place in ground]
    length_m = float(_WGS84.line_length(lons, lats))
    length_error_m = length_m * _scale_error(view)
    return MeasuredOut(
        places=[
            PlaceOut(
                lon=p.position.lon,
                lat=p.position.lat,
                error_m=p.error_m,
                radius_of_95_percent_m=ERRORS_OF_95_PERCENT * p.error_m,
            )
            for p in ground
        ],
        length_m=length_m,
        length_error_m=length_error_m,
        length_margin_m=SIGMAS_OF_95_PERCENT * length_error_m,
        gsd_cm=gsd_cm,
    )


def _scale_error(view: SeaView) -> float:
    """1 sigma of a length as a fraction of it, from the height and the focal length."""
    height = view.pose.height_sigma_m / view.pose.height_above_sea_m
    return float((height**2 + view.camera.focal_rel_error**2) ** 0.5)


class BoxIn(BaseModel):
    """What a person says is in a box: a new one without `key`, or another version of a known one.

    `version` is that of the label that was looked at, 0 for a detection nobody has labelled.
    """

    model_config = ConfigDict(extra="forbid")

    xyxy_px: tuple[Coordinate, Coordinate, Coordinate, Coordinate]
    object_class: ObjectClass
    key: Annotated[str, Field(max_length=64)] | None = None
    version: int = 0


class BoxRefIn(BaseModel):
    """A box that is none: its key, and the version of its label that was looked at."""

    model_config = ConfigDict(extra="forbid")

    key: Annotated[str, Field(max_length=64)]
    version: int = 0


class LabelOut(BaseModel):
    """A label as it stands now."""

    key: str
    version: int
    verdict: Verdict
    object_class: ObjectClass
    xyxy_px: tuple[float, float, float, float]

    @classmethod
    def of(cls, label: Label) -> Self:
        """Return the answer that describes `label`."""
        return cls(
            key=label.key,
            version=label.version,
            verdict=label.verdict,
            object_class=label.object_class,
            xyxy_px=label.xyxy_px,
        )


@router.post("/{sha256}/labels", responses=dict(_LABEL_PROBLEMS))
def label_box(at_hand: ServicesDep, officer: ActingOfficer, sha256: Sha256, box: BoxIn) -> LabelOut:
    """Keep what an officer says is in a box; `libong labels export` gives it to training."""
    shown = shown_frame(at_hand, sha256)
    annotator = Annotator(officer.user.role.value, at_hand.now())
    labelled = labelled_frame(at_hand, shown)
    if box.key is None:
        label = drawn(labelled, box.object_class, box.xyxy_px, annotator)
    else:
        known = _known(labelled, box.key, box.version)
        label = corrected(known, labelled, box.object_class, box.xyxy_px, annotator)
    return _kept(at_hand, shown, officer.user.name, label)


@router.post("/{sha256}/labels/removed", responses=dict(_LABEL_PROBLEMS))
def remove_box(
    at_hand: ServicesDep, officer: ActingOfficer, sha256: Sha256, box: BoxRefIn
) -> LabelOut:
    """Keep that a box holds nothing; a drawn one is withdrawn."""
    shown = shown_frame(at_hand, sha256)
    annotator = Annotator(officer.user.role.value, at_hand.now())
    labelled = labelled_frame(at_hand, shown)
    known = _known(labelled, box.key, box.version)
    return _kept(at_hand, shown, officer.user.name, removed(known, annotator))


class ReviewIn(BaseModel):
    """That everything to be found in a frame is marked, or no longer is said to be."""

    model_config = ConfigDict(extra="forbid")

    complete: bool


class ReviewOut(BaseModel):
    """What was last said of a whole frame, by whom; null where nobody said anything.

    It teaches as a whole where `complete` was said and no box in it is left undecided.
    """

    complete: bool
    by: str | None
    at_utc: datetime | None
    undecided: int = Field(description="boxes in it that nobody has decided on")


@router.post("/{sha256}/review", responses=dict(NOT_FOUND))
def review(
    at_hand: ServicesDep, officer: ActingOfficer, sha256: Sha256, said: ReviewIn
) -> ReviewOut:
    """Keep that an officer looked through a whole frame, or takes that back."""
    shown = shown_frame(at_hand, sha256)
    holds = review_frame(at_hand, shown, officer.user, complete=said.complete)
    return ReviewOut(
        complete=False if holds is None else holds.complete,
        by=None if holds is None else holds.actor,
        at_utc=None if holds is None else holds.at_utc,
        undecided=len(labelled_frame(at_hand, shown).undecided),
    )


def _known(frame: LabelledFrame, key: str, version: int) -> Label | Undecided:
    known: dict[str, Label | Undecided] = {x.key: x for x in frame.undecided}
    known |= {x.key: x for x in frame.labels}
    found = known.get(key)
    now = found.version if isinstance(found, Label) else 0
    if found is None:
        raise StaleLabelError(f"there is no box {key} in this frame; look at it again")
    if now != version:
        raise StaleLabelError(f"the box {key} is at version {now}, not {version}; look again")
    return found


def _kept(at_hand: Services, shown: ShownFrame, actor: str, label: Label) -> LabelOut:
    at_hand.store.add_labels(shown.flight_id, [StoredLabel(shown.frame.sha256, actor, label)])
    return LabelOut.of(label)
