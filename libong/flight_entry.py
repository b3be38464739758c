"""A searched flight becomes a logged one: associate, weigh, judge by this site's rules, log.

One way for all, whether its frames were searched here or on a laptop in the field; nothing here
opens a picture.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from detection.flight_sightings import sightings_of
from detection.frame_look import FrameLook
from detection.types import ObjectClass, Sighting
from ingest.errors import LibongError
from ingest.flight import leave_out
from ingest.frame import Flight, RefusedFile
from ingest.summary import FlightFigures, summarise, usable_looks
from libong.flight_record import FlightRecord, read_record, record_document
from patrol.ashore import sort_by_coast
from patrol.coverage import zone_surveys
from patrol.effort import day_efforts
from patrol.field_flight import FieldSource
from patrol.incident import Incident, open_incidents
from patrol.rules import judge
from patrol.site import Site
from patrol.store import FlightLog, FlightSummary, Store, UnknownFlight

# Keeps the picture of each sighting; returns its SHA-256 by sighting id, of those there is one of.
Crops = Callable[[Sequence[Sighting]], Mapping[str, str]]


class OtherSiteError(LibongError, ValueError):
    """A flight that was logged for another site."""


@dataclass(frozen=True)
class FlightReport:
    """What became of one flight.

    `already_logged` says that it had been processed before, by the model `model_sha256`; another
    model does not search it again. `figures` sum up what was seen, and `beyond` are the looks at
    frames beyond what the detector was taught, `ashore` how many finds were dropped because no
    dugong lies on dry land; all three None or empty for a flight that was logged by version 0.1.0,
    which kept no record of them.
    """

    flight_id: str
    frames: int
    refused: tuple[RefusedFile, ...]
    detections: int
    sightings: tuple[Sighting, ...]
    incidents: tuple[Incident, ...]
    model_sha256: str
    already_logged: bool
    figures: FlightFigures | None = None
    beyond: tuple[FrameLook, ...] = ()
    ashore: int | None = None


def enter_flight(
    record: FlightRecord,
    crops: Crops,
    site: Site,
    thresholds: Mapping[ObjectClass, float],
    store: Store,
    source: FieldSource | None = None,
    *,
    received_at_utc: datetime | None = None,
) -> FlightReport:
    """Log a flight whose frames were searched, and open its incidents.

    `thresholds` are the detector's, by class. `source` says whose device searched it in the field.
    It came at `received_at_utc`, or just now.
    """
    flight = record.flight
    detections = tuple(d for look in record.looks for d in look.detections)
    qualities = [look.quality for look in record.looks]
    parted = sort_by_coast(sightings_of(record.looks, flight.flight_id, thresholds), site.coast)
    sightings = parted.afloat
    verdicts = judge(
        sightings,
        site,
        earlier=store.earlier.before(site, sightings),
        tide=site.reference.tides.at,
    )
    incidents = open_incidents(verdicts, sightings, crops(sightings))
    new = store.log_flight(
        FlightLog(
            flight=flight,
            sightings=sightings,
            detections=detections,
            incidents=incidents,
            surveyed=zone_surveys(
                usable_looks(flight.frames, qualities), site.zones, site.reference.timezone
            ),
            model_sha256=record.model_sha256,
            site_id=site.site_id,
            received_at_utc=received_at_utc or datetime.now(UTC),
            efforts=day_efforts(
                flight.frames,
                qualities,
                site.zones,
                site.coast,
                site.reference.timezone,
                (_local_day(sighting, site) for sighting in parted.ashore),
            ),
            record=record_document(record),
            field_source=source,
        )
    )
    # another worker may have logged it meanwhile; either way the store has the last word
    return _report(store, store.flight(flight.flight_id), already_logged=not new)


def site_in_force(site: Site, store: Store) -> Site:
    """Return a site with zones, permits and tides as kept now, its files' to begin with."""
    store.zones.follow_file(site, datetime.now(UTC))
    return store.site_in_force(site)


def logged_before(flight: Flight, site: Site, store: Store) -> FlightReport | Flight:
    """Return the report of a flight that the store knows already, or else what is new of it.

    Frames of another flight are left out, so that a folder sent again with more or fewer files
    counts nothing twice.
    """
    logged = logged_report(flight.flight_id, site, store)
    if logged is not None:
        return logged
    known = store.flights_of_frames([frame.sha256 for frame in flight.frames])
    if flight.frames and len(known) == len(flight.frames):
        holder, _ = Counter(known.values()).most_common(1)[0]
        logged = logged_report(holder, site, store)
        if logged is not None:
            return logged
    return leave_out(flight, known)


def logged_report(flight_id: str, site: Site, store: Store) -> FlightReport | None:
    """Read back what a flight gave when it was processed before; None when it never was."""
    try:
        logged = store.flight(flight_id)
    except UnknownFlight:
        return None
    if logged.site_id != site.site_id:
        raise OtherSiteError(
            f"flight {flight_id} is already logged for the site {logged.site_id}, not for "
            f"{site.site_id}; use another database (LIBONG_DATA_DIR) for another site"
        )
    return _report(store, logged, already_logged=True)


def _report(store: Store, logged: FlightSummary, *, already_logged: bool) -> FlightReport:
    report = FlightReport(
        logged.flight_id,
        logged.frames,
        logged.refused,
        logged.detections,
        store.sightings(logged.flight_id),
        store.incidents(flight_id=logged.flight_id),
        logged.model_sha256,
        already_logged,
    )
    document = store.origins.record(logged.flight_id)
    if document is None:
        return report
    record = read_record(document)
    return replace(
        report,
        figures=summarise(record.flight, [look.quality for look in record.looks]),
        beyond=tuple(look for look in record.looks if look.limits),
        ashore=sum(effort.ashore for effort in store.effort.of_flight(logged.flight_id)),
    )


def _local_day(sighting: Sighting, site: Site) -> date:
    return sighting.last_seen_utc.astimezone(site.reference.timezone).date()
