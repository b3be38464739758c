"""What the public may know: from reviewed dugong incidents and surveys to a status per zone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from shapely.geometry import mapping

from patrol.coverage import ZoneSurvey
from patrol.incident import Incident, State
from patrol.site import RuleParameters
from patrol.zone_status import Presence, Status, ZoneStatus
from patrol.zones import Binding, RuleName, Zone, ZoneKind

_VOUCHED_FOR = frozenset({State.CONFIRMED, State.RESPONDING, State.RESOLVED})


@dataclass(frozen=True)
class _Window:
    """The local days, both inclusive, on which sightings keep a zone raised."""

    since: date
    until: date


def zone_statuses(
    zones: Sequence[Zone],
    dugong_incidents: Sequence[Incident],
    surveys: Sequence[ZoneSurvey],
    today: date,
    parameters: RuleParameters,
    timezone: ZoneInfo,
) -> tuple[ZoneStatus, ...]:
    """Return the status of each zone that is valid `today` (a local day), in the zones' order.

    A dugong sighting counts once an officer has vouched for it, or while nobody has reviewed it
    and its score is high enough. Nothing of a sighting but its local day enters a status: no
    place, no id, no count, no time. A sighting outside all zones changes nothing.
    """
    statuses = []
    for zone in zones:
        if not zone.holds_on(today):
            continue
        days = [
            incident.occurred_at_utc.astimezone(timezone).date()
            for incident in dugong_incidents
            if incident.zone_id == zone.zone_id and _counts(incident, parameters)
        ]
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
            and incident.zone_id == zone.zone_id
            and timedelta(0)
            <= today - incident.occurred_at_utc.astimezone(timezone).date()
            <= timedelta(days=parameters.status_days)
            for incident in dugong_incidents
        )
        # "None seen" is said only of zones that watch for dugongs, when nothing waits for review.
        tells_none = RuleName.DUGONG_SIGHTING in zone.rules and not pending
        window = _window(days, today, parameters.status_days)
        last_surveyed = max(surveyed, default=None)
        statuses.append(
            _status(zone, window, last_surveyed, today, parameters, tells_none=tells_none)
        )
    return tuple(statuses)


def _counts(incident: Incident, parameters: RuleParameters) -> bool:
    if incident.rule is not RuleName.DUGONG_SIGHTING:
        return False
    unreviewed_but_sure = (
        incident.state is State.NEW and incident.score >= parameters.auto_status_min_score
    )
    return incident.state in _VOUCHED_FOR or unreviewed_but_sure


def _window(days: Sequence[date], today: date, status_days: int) -> _Window | None:
    """Return the unbroken run of raised days that `today` lies in, if any.

    A sighting on day D holds through day D + status_days, as NOAA counts its Slow Zones (one
    triggered on 3 May 2021 was "in effect through May 18"). Days after `today`, from a camera
    whose clock runs ahead, do not count yet.
    """
    window: _Window | None = None
    for day in sorted(day for day in days if day <= today):
        until = day + timedelta(days=status_days)
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
    if zone.kind is ZoneKind.CLOSED:
        # A closure does not end with the sighting, so its days are the zone's own.
        status, since, until = Status.CLOSED, zone.valid_from, zone.valid_until
    elif window is not None:
        status, since, until = Status.CAUTION, window.since, window.until
    elif zone.kind is ZoneKind.GO_SLOW:
        status, since, until = Status.CAUTION, zone.valid_from, zone.valid_until
    else:
        status, since, until = Status.CALM, None, None
    advice_th, advice_en = _advice(status, presence, zone.binding)
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
