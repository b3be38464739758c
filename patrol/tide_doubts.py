"""Alerts that waited for a tide: what an imported table says of the zones they are about. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from patrol.incident import Incident
from patrol.site import Site
from patrol.verdict import Certainty
from patrol.zone_times import Holds


@dataclass(frozen=True)
class TideAnswer:
    """An incident that was told without its tide, and whether its zone held then."""

    incident: Incident
    holds: Holds


def tide_answers(incidents: Iterable[Incident], site: Site) -> Iterator[TideAnswer]:
    """Yield those incidents of zones that hang on the tide of which it could not be told.

    A site with the tables in force answers by its zones as they stand now. Nothing is judged anew:
    the place of what was seen hangs on the tide as well, through the height of the camera, and the
    photos alone tell that.
    """
    hanging = {zone.zone_id: zone for zone in site.zones if zone.tide is not None}
    for incident in incidents:
        zone = None if incident.zone_id is None else hanging.get(incident.zone_id)
        if zone is None or incident.certainty is not Certainty.UNKNOWN:
            continue
        tide = site.reference.tides.at(incident.occurred_at_utc)
        if tide is not None:
            local = incident.occurred_at_utc.astimezone(site.reference.timezone)
            yield TideAnswer(incident, zone.holds_at(local, tide))
