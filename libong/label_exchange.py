"""Labels between the store and labelling tools: what goes out, and what comes back."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from detection.labels.changes import Annotator, Changes, changes
from detection.labels.errors import LabelError
from detection.labels.folder import LabelFormat, write_labels
from detection.labels.label import LabelledFlight, LabelledFrame
from detection.labels.tool_export import ToolFrame, read_tool_export
from ingest.errors import PhotoError
from ingest.flight import read_frame
from ingest.picture import PictureSize, read_picture_size
from ingest.projection import SeaView
from ingest.site_reference import SiteReference
from patrol.flight_log import LoggedFrame
from patrol.labels import FlightLabels, FrameReview, StoredLabel
from patrol.media import MediaError, MediaStore
from patrol.store import Store
from patrol.user import Role

# Rangers send flights; what is in them is decided by those who answer for it.
_MAY_LABEL = frozenset({Role.OFFICER, Role.ADMIN})


@dataclass(frozen=True)
class Exported:
    """What an export holds; `without_original` counts reviewed frames whose picture is not kept."""

    flights: int
    complete: int
    partial: int
    objects: dict[str, int]
    false_alarms: int
    without_original: int


@dataclass(frozen=True)
class Imported:
    """What an import changed, in sums over its frames.

    `left` are boxes that stand since they were, or may have been, decided after the export;
    `of_unknown_age` counts the frames of which nobody can tell, `turned` those with boxes that Exif
    turns when they are shown.
    """

    frames: int
    unchanged: int
    confirmed: int
    drawn: int
    corrected: int
    removed: int
    left: int
    of_unknown_age: int
    turned: int


def export_labels(
    store: Store,
    media: MediaStore,
    reference: SiteReference,
    folder: Path,
    label_format: LabelFormat,
    *,
    at_utc: datetime,
    flight_ids: Sequence[str] = (),
    since_utc: datetime | None = None,
) -> Exported:
    """Write all reviewed frames, or those of some flights or taken since a time, into a folder.

    `at_utc` is now: the pictures' names tell it, so that an import knows what the tool was given.
    Raises LabelError when there is none, UnknownFlight for a flight that is not logged.
    """
    flights, without_original = [], 0
    for flight_id in flight_ids or sorted(f.flight_id for f in store.flights()):
        store.flight(flight_id)
        reviewed = [
            frame
            for frame in store.labelled_flight(flight_id).frames
            if frame.decided and (since_utc is None or frame.taken_at_utc >= since_utc)
        ]
        kept = [frame for frame in reviewed if media.has(frame.sha256)]
        without_original += len(reviewed) - len(kept)
        if kept:
            views = _views(store, flight_id, kept, media, reference)
            flights.append(
                LabelledFlight(
                    flight_id,
                    tuple(
                        replace(_seen(f, views.get(f.sha256)), exported_at_utc=at_utc) for f in kept
                    ),
                )
            )
    if not flights:
        raise LabelError(
            "there are no reviewed frames to export"
            + (f" ({without_original} lack their original)" if without_original else "")
            + ": confirm or dismiss incidents first, or ask for other flights or an earlier day"
        )
    write_labels(flights, folder, media.get, label_format)
    frames = [frame for flight in flights for frame in flight.frames]
    return Exported(
        flights=len(flights),
        complete=sum(frame.complete for frame in frames),
        partial=sum(not frame.complete for frame in frames),
        objects=dict(Counter(x.object_class.value for f in frames for x in f.objects)),
        false_alarms=sum(len(frame.false_alarms) for frame in frames),
        without_original=without_original,
    )


def _seen(frame: LabelledFrame, view: SeaView | None) -> LabelledFrame:
    """The frame with its view, and the ground scale that follows from it."""
    return frame if view is None else replace(frame, view=view, gsd_cm=view.centre_gsd_cm)


def _views(
    store: Store,
    flight_id: str,
    frames: Sequence[LabelledFrame],
    media: MediaStore,
    reference: SiteReference,
) -> dict[str, SeaView]:
    """How frames saw the sea when they were logged, by SHA-256, of those of which that is known.

    Of a frame logged before views were kept it is as its picture tells, at the height logged.
    """
    kept = store.views.of_flight(flight_id)
    missing = {frame.sha256 for frame in frames} - kept.keys()
    told = {
        logged.sha256: _told_view(logged, media, reference)
        for logged in store.frames(flight_id)
        if logged.sha256 in missing
    }
    return kept | {sha256: view for sha256, view in told.items() if view is not None}


def _told_view(logged: LoggedFrame, media: MediaStore, reference: SiteReference) -> SeaView | None:
    """What a picture's metadata tell, at the height that was logged; None where they do not."""
    with TemporaryDirectory(prefix="libong-") as folder:
        original = Path(folder) / Path(logged.file_name).name
        original.write_bytes(media.get(logged.sha256))
        try:
            read = read_frame(original, reference)
        except PhotoError:
            return None
    pose = replace(read.pose, height_above_sea_m=logged.height_above_sea_m)
    return SeaView(read.camera, pose)


def import_labels(
    store: Store,
    media: MediaStore,
    path: Path,
    *,
    actor: str,
    at_utc: datetime,
    complete: bool,
    dry_run: bool,
    given_at_utc: datetime | None = None,
    as_shown: bool = False,
) -> Imported:
    """Take labels back from what a labelling tool exported, as new versions of what is there.

    Frames that the export does not name stay as they are. With `complete` its frames are fully
    labelled from then on. `given_at_utc` is when the tool was given the frames whose names do not
    tell; what was decided later stands. `as_shown` says that pictures that Exif turns were labelled
    turned, where the export does not tell itself. Raises LabelError for what cannot be read, and
    for an actor who is no officer; nothing is kept then.
    """
    annotator = Annotator(_role(store, actor).value, at_utc)
    flight_of, logged = {}, {}
    for summary in store.flights():
        for frame in store.frames(summary.flight_id):
            flight_of[frame.sha256] = summary.flight_id
            logged[frame.sha256] = frame

    @cache
    def size_of(sha256: str) -> PictureSize | None:
        return _size(logged[sha256], media) if sha256 in logged else None

    given = {
        sha256: replace(each, exported_at_utc=each.exported_at_utc or given_at_utc)
        for sha256, each in read_tool_export(path, size_of, as_shown=as_shown).items()
    }
    found: list[Changes] = []
    said: list[FlightLabels] = []
    for flight_id in sorted({flight_of[sha256] for sha256 in given}):
        frames = [f for f in store.labelled_flight(flight_id).frames if f.sha256 in given]
        of_flight = [_changes(f, given[f.sha256], annotator, complete) for f in frames]
        found += of_flight
        said.append(
            FlightLabels(
                flight_id,
                tuple(
                    StoredLabel(frame.sha256, actor, label)
                    for frame, change in zip(frames, of_flight, strict=True)
                    for label in change.labels
                ),
                tuple(
                    FrameReview(f.sha256, True, actor, annotator.role, at_utc)
                    for f in frames
                    if complete
                ),
            )
        )
    if not dry_run:
        store.add_labels_of_flights(said)
    return Imported(
        frames=len(found),
        unchanged=sum(c.unchanged for c in found),
        confirmed=sum(c.confirmed for c in found),
        drawn=sum(c.drawn for c in found),
        corrected=sum(c.corrected for c in found),
        removed=sum(c.removed for c in found),
        left=sum(c.left for c in found),
        of_unknown_age=sum(each.exported_at_utc is None for each in given.values()),
        turned=sum(
            bool(each.boxes) and (size := size_of(sha256)) is not None and size.orientation != 1
            for sha256, each in given.items()
        ),
    )


def _size(frame: LoggedFrame, media: MediaStore) -> PictureSize:
    """The frame's size, and how it is shown where its original is kept and tells."""
    orientation = 1
    with suppress(PhotoError, MediaError):
        orientation = read_picture_size(BytesIO(media.get(frame.sha256))).orientation
    return PictureSize(frame.width_px, frame.height_px, orientation)


def _changes(
    frame: LabelledFrame, given: ToolFrame, annotator: Annotator, complete: bool
) -> Changes:
    return changes(
        frame, given.boxes, annotator, complete=complete, given_at_utc=given.exported_at_utc
    )


def _role(store: Store, actor: str) -> Role:
    user = store.user(actor)
    if user is None or user.role not in _MAY_LABEL:
        has = "has no account" if user is None else f"is a {user.role}"
        raise LabelError(
            f"labels are given by an officer or admin; {actor!r} {has}: name one who is, or add "
            "the account with: libong user add NAME --role officer"
        )
    return user.role
