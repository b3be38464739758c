"""A zone for tests: round, of one rule, and the same in all else."""

import shapely

from ingest.lonlat import LonLat
from patrol.zones import Binding, RuleName, Zone, ZoneKind


def round_zone(zone_id: str, rule: RuleName, lon_lat: LonLat, degrees: float) -> Zone:
    """Return a zone of one rule, `degrees` around a place."""
    return Zone(
        zone_id=zone_id,
        name_th=zone_id,
        name_en=zone_id,
        kind=ZoneKind.CLOSED,
        area=shapely.Point(lon_lat).buffer(degrees),
        rules=frozenset({rule}),
        citation="drawn for the tests",
        citation_th="วาดขึ้นเพื่อการทดสอบ",
        binding=Binding.PROPOSAL,
        jurisdiction="tests",
        indicative=True,
        valid_from=None,
        valid_until=None,
    )
