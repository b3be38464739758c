"""Labels in the database: every version kept, the highest holds."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from detection.labels.errors import LabelError
from detection.labels.label import Label, LabelledFlight, Origin, Verdict
from detection.types import ObjectClass
from patrol.flight_table import stored_frames
from patrol.incident import State
from patrol.labels import (
    Decision,
    FrameReview,
    LoggedBox,
    StoredLabel,
    detection_key,
    labelled_flight,
)
from patrol.ledger import event_of
from patrol.ledger_table import incident_entries
from patrol.rows import detection_of, incident_of
from patrol.split_table import split_parts
from patrol.tables import (
    DetectionRow,
    FrameReviewRow,
    FrameRow,
    IncidentRow,
    LabelRow,
    UserRow,
)


def insert_labels(
    session: Session,
    flight_id: str,
    labels: Sequence[StoredLabel],
    reviews: Sequence[FrameReview],
) -> None:
    """Add versions of labels, and what was said of whole frames.

    Raises LabelError for a frame that is not the flight's, and for a version that does not follow
    the last one: somebody else labelled meanwhile.
    """
    frames = set(session.scalars(select(FrameRow.sha256).where(FrameRow.flight_id == flight_id)))
    last = _last_versions(session, flight_id)
    for stored in labels:
        _check_frame(flight_id, stored.frame_sha256, frames)
        key, version = stored.label.key, stored.label.version
        if version != last.get(key, 0) + 1:
            raise LabelError(
                f"label {key} of flight {flight_id} is at version {last.get(key, 0)}, so that the "
                f"next is one more; got {version}: somebody labelled meanwhile, try again"
            )
        last[key] = version
        session.add(_label_row(flight_id, stored))
    for review in reviews:
        _check_frame(flight_id, review.frame_sha256, frames)
        session.add(_review_row(session, flight_id, review))
        session.flush()


def _last_versions(session: Session, flight_id: str) -> dict[str, int]:
    query = (
        select(LabelRow.label_key, func.max(LabelRow.version).label("version"))
        .where(LabelRow.flight_id == flight_id)
        .group_by(LabelRow.label_key)
    )
    return {row.label_key: row.version for row in session.execute(query)}


def _check_frame(flight_id: str, frame_sha256: str, frames: set[str]) -> None:
    if frame_sha256 not in frames:
        raise LabelError(
            f"a label must be of a frame of its flight {flight_id}; {frame_sha256} is none: "
            "process the flight first"
        )


def label_history(session: Session, flight_id: str) -> tuple[StoredLabel, ...]:
    """Return all versions of a flight's labels, by key, the oldest version first."""
    query = select(LabelRow).where(LabelRow.flight_id == flight_id)
    rows = session.scalars(query.order_by(LabelRow.label_key, LabelRow.version))
    return tuple(map(_stored_label, rows))


def stored_labelled_flight(session: Session, flight_id: str) -> LabelledFlight:
    """Return a flight's frames with their labels as they stand now."""
    history = label_history(session, flight_id)
    latest = {stored.label.key: stored for stored in history}
    return labelled_flight(
        flight_id,
        stored_frames(session, flight_id),
        _logged_boxes(session, flight_id),
        _decisions(session, flight_id),
        (stored.label for stored in latest.values()),
        {key: stored.frame_sha256 for key, stored in latest.items()},
        {sha256: said.complete for sha256, said in last_reviews(session, flight_id).items()},
        {user.name: user.role for user in session.scalars(select(UserRow))},
    )


def _logged_boxes(session: Session, flight_id: str) -> Sequence[LoggedBox]:
    query = select(DetectionRow).where(DetectionRow.flight_id == flight_id)
    apart = {
        (part.split_from.sighting_id, frame): part.sighting_id
        for part in split_parts(session, flight_id)
        if part.split_from is not None
        for frame in part.split_from.frames
    }
    return [
        LoggedBox(
            detection_key(row.ordinal),
            apart.get((row.sighting_id or "", row.frame_sha256), row.sighting_id),
            detection_of(row),
        )
        for row in session.scalars(query.order_by(DetectionRow.ordinal))
    ]


def _decisions(session: Session, flight_id: str) -> Iterable[Decision]:
    query = select(IncidentRow).where(
        IncidentRow.flight_id == flight_id, IncidentRow.state != State.NEW.value
    )
    for row in session.scalars(query.order_by(IncidentRow.incident_id)).all():
        events = map(event_of, incident_entries(session, row.incident_id))
        *_, last = (event for event in events if event.from_state is not event.to_state)
        yield Decision(incident_of(row), last)


def last_reviews(session: Session, flight_id: str) -> dict[str, FrameReview]:
    """Return what was last said of whole frames, by their SHA-256."""
    query = select(FrameReviewRow).where(FrameReviewRow.flight_id == flight_id)
    rows = session.scalars(query.order_by(FrameReviewRow.version))
    return {
        row.frame_sha256: FrameReview(
            row.frame_sha256, row.complete, row.actor, row.role, row.at_utc
        )
        for row in rows
    }


def _label_row(flight_id: str, stored: StoredLabel) -> LabelRow:
    label = stored.label
    left, top, right, bottom = label.xyxy_px
    return LabelRow(
        flight_id=flight_id,
        label_key=label.key,
        version=label.version,
        frame_sha256=stored.frame_sha256,
        verdict=label.verdict.value,
        object_class=label.object_class.value,
        left_px=left,
        top_px=top,
        right_px=right,
        bottom_px=bottom,
        origin=label.origin.value,
        actor=stored.actor,
        role=label.role,
        at_utc=label.at_utc,
        model_sha256=label.model_sha256,
    )


def _stored_label(row: LabelRow) -> StoredLabel:
    return StoredLabel(
        frame_sha256=row.frame_sha256,
        actor=row.actor,
        label=Label(
            key=row.label_key,
            version=row.version,
            verdict=Verdict(row.verdict),
            object_class=ObjectClass(row.object_class),
            xyxy_px=(row.left_px, row.top_px, row.right_px, row.bottom_px),
            origin=Origin(row.origin),
            role=row.role,
            at_utc=row.at_utc,
            model_sha256=row.model_sha256,
        ),
    )


def _review_row(session: Session, flight_id: str, review: FrameReview) -> FrameReviewRow:
    last = session.scalar(
        select(func.max(FrameReviewRow.version)).where(
            FrameReviewRow.flight_id == flight_id,
            FrameReviewRow.frame_sha256 == review.frame_sha256,
        )
    )
    return FrameReviewRow(
        flight_id, review.frame_sha256, (last or 0) + 1,
        review.complete, review.actor, review.role, review.at_utc,
    )  # fmt: skip
