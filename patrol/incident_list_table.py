"""Lists of incidents, filtered, sorted and cut by the database."""

from sqlalchemy import ColumnElement, Select, and_, false, func, literal_column, or_, select
from sqlalchemy.orm import Session

from patrol.incident import Incident
from patrol.incident_list import IncidentFilter, IncidentPage, Listing, Place
from patrol.records import storable
from patrol.rows import incident_of
from patrol.tables import IncidentRow

# Written out, not bound: only so does a database see that the indices of migration 0015 serve it.
_urgency: ColumnElement[int] = literal_column(
    "CASE coalesce(set_priority, priority) WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END"
)
_waiting: ColumnElement[bool] = literal_column(
    "state IN ('new', 'confirmed', 'responding') AND joined_to IS NULL"
)
_priority: ColumnElement[str] = literal_column("coalesce(set_priority, priority)")


def incident_page(
    session: Session,
    listing: Listing,
    asked: IncidentFilter,
    *,
    limit: int,
    after: Place | None = None,
    offset: int = 0,
) -> IncidentPage:
    """Return up to `limit` incidents that follow `after`, or else the first `offset`."""
    within = _conditions(listing, asked)
    total = session.scalar(select(func.count()).select_from(IncidentRow).where(*within)) or 0
    query = _ordered(select(IncidentRow).where(*within), listing)
    if after is not None:
        query = query.where(_beyond(listing, after))
    # one more than is shown tells whether anything follows
    rows = session.scalars(query.limit(limit + 1).offset(offset or None)).all()
    incidents = tuple(map(incident_of, rows[:limit]))
    following = _place(listing, rows[limit - 1]) if len(rows) > limit else None
    return IncidentPage(incidents, total, following)


def all_incidents(
    session: Session, listing: Listing, asked: IncidentFilter
) -> tuple[Incident, ...]:
    """Return the whole of a list."""
    query = _ordered(select(IncidentRow).where(*_conditions(listing, asked)), listing)
    return tuple(map(incident_of, session.scalars(query)))


def _conditions(listing: Listing, asked: IncidentFilter) -> list[ColumnElement[bool]]:
    within: list[ColumnElement[bool]] = []
    if listing is Listing.WAITING:
        within.append(_waiting)
    if asked.states is not None:
        within.append(IncidentRow.state.in_(sorted(state.value for state in asked.states)))
    if asked.priority is not None:
        within.append(_priority == asked.priority.value)
    if asked.since_utc is not None:
        within.append(IncidentRow.occurred_at_utc >= asked.since_utc)
    equal = {
        IncidentRow.zone_id: asked.zone_id,
        IncidentRow.flight_id: asked.flight_id,
        IncidentRow.object_class: asked.object_class,
        IncidentRow.rule: asked.rule,
        IncidentRow.assignee: asked.assignee,
    }
    for column, value in equal.items():
        if value is not None:  # what can be no key is nowhere
            within.append(column == str(value) if storable(value) else false())
    return within


def _ordered(query: Select[IncidentRow], listing: Listing) -> Select[IncidentRow]:
    newest = IncidentRow.occurred_at_utc.desc(), IncidentRow.incident_id
    return query.order_by(*((_urgency, *newest) if listing is Listing.WAITING else newest))


def _beyond(listing: Listing, place: Place) -> ColumnElement[bool]:
    at, number = IncidentRow.occurred_at_utc, IncidentRow.incident_id
    # the first condition follows from the others, and tells an index where to begin
    later = and_(
        at <= place.occurred_at_utc,
        or_(at < place.occurred_at_utc, number > place.incident_id),
    )
    if listing is Listing.EVERY:
        return later
    return and_(_urgency >= place.urgency, or_(_urgency > place.urgency, later))


def _place(listing: Listing, row: IncidentRow) -> Place:
    order = {"high": 0, "normal": 1}
    urgency = order.get(row.set_priority or row.priority, 2) if listing is Listing.WAITING else 0
    return Place(urgency, row.occurred_at_utc, row.incident_id)
