"""What the public may know: from reviewed dugong incidents and surveys to a status per zone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from shapely.geometry import mapping

from patrol.coverage import ZoneSurvey
from patrol.incident import State
from patrol.incident_state import VOUCHED_FOR
from patrol.site import RuleParameters, Site
from patrol.watched_zones import days_until_told
from patrol.zone_status import Presence, Status, ZoneStatus
from patrol.zones import Binding, RuleName, Zone, ZoneKind


class SightedDugong(Protocol):
    """What a status asks of an incident: one is enough, but less can be read sooner."""

    @property
    def zone_id(self) -> str | None:
        """The zone it lies in, if any."""

    @property
    def rule(self) -> RuleName:
        """The rule that told of it."""

    @property
    def state(self) -> State:
        """Where it stands."""

    @property
    def score(self) -> float:
        """The detector's."""

    @property
    def occurred_at_utc(self) -> datetime:
        """When it was seen."""

    @property
    def joined_to(self) -> str | None:
        """The incident that stands for it, if any."""


@dataclass(frozen=True)
class _Window:
    """The local days, both inclusive, on which sightings keep a zone raised."""

    since: date
    until: date


def zone_statuses(
    site: Site,
    dugong_incidents: Sequence[SightedDugong],
    surveys: Sequence[ZoneSurvey],
    today: date,
) -> tuple[ZoneStatus, ...]:
    """Return the status of each zone that is valid `today` (a local day), in the site's order.

    A dugong sighting counts once an officer has vouched for it, or while nobody has reviewed it
    and its score is high enough; one that is joined to another counts as that one. Nothing of a
    sighting but its local day enters a status: no place, no id, no count, no time. A sighting
    outside all zones changes nothing.
    """
    statuses = []
    parameters, timezone = site.rule_parameters, site.reference.timezone
    for zone in site.zones:
        if not zone.holds_on(today):
            continue
        days = raising_days(
            [
                incident.occurred_at_utc.astimezone(timezone).date()
                for incident in dugong_incidents
                if incident.zone_id == zone.zone_id
                and incident.joined_to is None
                and counts(incident.rule, incident.state, incident.score, parameters)
            ],
            today - timedelta(days=days_until_told(zone, site.coast)),
            parameters,
        )
        surveyed = [
            survey.day
            for survey in surveys
            if survey.zone_id == zone.zone_id
            and survey.day <= today
            and survey.seen_fraction >= parameters.survey_min_fraction
        ]
        pending = any(
            incident.rule is RuleName.DUGONG_SIGHTING
            and incident.state is State.NEW
            and incident.joined_to is None
            and incident.zone_id == zone.zone_id
            and timedelta(0)
            <= today - incident.occurred_at_utc.astimezone(timezone).date()
            <= timedelta(days=parameters.status_days)
            for incident in dugong_incidents
        )
        # "None seen" is said only of zones that watch for dugongs, when nothing waits for review.
        tells_none = RuleName.DUGONG_SIGHTING in zone.rules and not pending
        window = _window(days, today, parameters)
        last_surveyed = max(surveyed, default=None)
        statuses.append(
            _status(zone, window, last_surveyed, today, parameters, tells_none=tells_none)
        )
    return tuple(statuses)


def status_of(kind: ZoneKind, *, raised: bool) -> Status:
    """Return the status of a zone of a kind, raised by sightings or not."""
    if kind is ZoneKind.CLOSED:
        return Status.CLOSED
    return Status.CAUTION if raised or kind is ZoneKind.GO_SLOW else Status.CALM


def counts(rule: RuleName, state: State, score: float, parameters: RuleParameters) -> bool:
    """Say whether an incident, being in `state`, speaks for dugongs in its zone."""
    if rule is not RuleName.DUGONG_SIGHTING:
        return False
    unreviewed_but_sure = state is State.NEW and score >= parameters.auto_status_min_score
    return state in VOUCHED_FOR or unreviewed_but_sure


def raising_days(
    sighted: Sequence[date], last: date, parameters: RuleParameters
) -> tuple[date, ...]:
    """Return the local days, in order, whose sightings raise a zone.

    `sighted` holds a day for each sighting that counts. A day raises the zone when as many animals
    as the site asks for were sighted on it. Days after `last` do not count yet: those of a zone
    told of later, and those of a camera whose clock runs ahead.
    """
    return tuple(
        day
        for day, sightings in sorted(Counter(sighted).items())
        if day <= last and sightings >= parameters.status_sightings
    )


def holds_until(day: date, parameters: RuleParameters) -> date:
    """Return the last local day on which a sighting of `day` keeps its zone raised.

    A sighting on day D holds through day D + status_days, as NOAA counts its Slow Zones (one
    triggered on 3 May 2021 was "in effect through May 18").
    """
    return day + timedelta(days=parameters.status_days)


def _window(days: Sequence[date], today: date, parameters: RuleParameters) -> _Window | None:
    """Return the unbroken run of raised days that `today` lies in, if any."""
    window: _Window | None = None
    for day in days:
        until = holds_until(day, parameters)
        joins = window is not None and day <= window.until + timedelta(days=1)
        window = _Window(window.since if window is not None and joins else day, until)
    return window if window is not None and today <= window.until else None


def _status(
    zone: Zone,
    window: _Window | None,
    last_surveyed: date | None,
    today: date,
    parameters: RuleParameters,
    *,
    tells_none: bool,
) -> ZoneStatus:
    if window is not None:
        presence = Presence.PRESENT
    elif (
        tells_none
        and last_surveyed is not None
        and today - last_surveyed <= timedelta(days=parameters.status_days)
    ):
        presence = Presence.NONE_SEEN
    else:
        presence = Presence.NOT_SURVEYED
    status = status_of(zone.kind, raised=window is not None)
    if window is not None and status is not Status.CLOSED:
        since, until = window.since, window.until
    elif status is Status.CALM:
        since, until = None, None
    else:
        # A closure does not end with the sighting, so its days are the zone's own.
        since, until = zone.valid_from, zone.valid_until
    advice_th, advice_en = _advice(status, presence, zone.binding)
    when_th, when_en = zone.validity.within_a_day()
    # where dugongs were seen, slowing down is asked for all day
    if when_th and (status is Status.CLOSED or (status is Status.CAUTION and window is None)):
        advice_th, advice_en = f"{advice_th} ({when_th})", f"{advice_en} ({when_en})"
    reason_th, reason_en = _reason(presence, parameters.status_days)
    return ZoneStatus(
        zone_id=zone.zone_id,
        name_th=zone.name_th,
        name_en=zone.name_en,
        kind=zone.kind.value,
        geometry=mapping(zone.area),
        status=status,
        presence=presence,
        advice_th=advice_th,
        advice_en=advice_en,
        reason_th=reason_th,
        reason_en=reason_en,
        since=since,
        until=until,
        last_surveyed=last_surveyed,
        citation=f"{zone.citation} {parameters.status_days_citation}",
        citation_th=f"{zone.citation_th} {parameters.status_days_citation_th}",
        binding=zone.binding.value,
        indicative=zone.indicative,
    )


def _advice(status: Status, presence: Presence, binding: Binding) -> tuple[str, str]:
    """Return the advice to boatmen in Thai and English; no figure, for no Thai limit is known."""
    if status is Status.CLOSED and binding is Binding.PROPOSAL:
        return (
            "ขอความร่วมมือไม่นำเรือเข้าเขตนี้ ให้แล่นอ้อม (ข้อเสนอ ยังไม่มีผลทางกฎหมาย)",
            "Please keep out of this zone: go round it (a proposal, not law).",
        )
    if status is Status.CLOSED:
        return (
            "โปรดอย่านำเรือเข้าเขตนี้ ให้แล่นอ้อม",
            "Please keep out of this zone: go round it.",
        )
    if status is Status.CAUTION and presence is Presence.PRESENT:
        return (
            "ชะลอความเร็ว มองผิวน้ำ และอยู่ห่างจากพะยูน",
            "Slow down, watch the water and keep away from dugongs.",
        )
    if status is Status.CAUTION:
        return (
            "ชะลอความเร็ว เขตนี้ขอให้แล่นช้าทุกวัน",
            "Slow down: in this zone boats are asked to go slowly every day.",
        )
    return (
        "แล่นเรือได้ตามปกติ แต่ขอให้มองผิวน้ำ เพราะอาจมีพะยูน",
        "Go as usual, but watch the water: there may be dugongs.",
    )


def _reason(presence: Presence, status_days: int) -> tuple[str, str]:
    if presence is Presence.PRESENT:
        return (
            f"พบพะยูนในเขตนี้ภายใน {status_days} วันที่ผ่านมา",
            f"Dugongs were seen in this zone within the last {status_days} days.",
        )
    if presence is Presence.NONE_SEEN:
        return (
            f"โดรนสำรวจบางส่วนของเขตนี้ภายใน {status_days} วันที่ผ่านมา และไม่พบพะยูน แต่พะยูนอาจอยู่ใต้น้ำขุ่น",
            f"A drone looked at part of this zone within the last {status_days} days and saw no "
            "dugong; one may still be there, under murky water.",
        )
    return (
        f"ยังไม่มีผลสำรวจเขตนี้ที่ตรวจแล้วใน {status_days} วันที่ผ่านมา จึงไม่รู้ว่ามีพะยูนหรือไม่",
        f"No reviewed survey of this zone from the last {status_days} days is at hand, so nobody "
        "knows whether dugongs are there.",
    )
