"""Survey effort in the store."""

from datetime import date

from patrol.effort import DayEffort
from patrol.effort_table import FlightEffort, efforts_between, efforts_of
from patrol.records import Records, storable


class EffortRecords(Records):
    """What flights looked at, day by day."""

    def of_flight(self, flight_id: str) -> tuple[DayEffort, ...]:
        """Return a flight's effort day by day.

        Nothing for an unknown flight, and for one logged before effort was kept.
        """
        with self._reading() as session:
            return efforts_of(session, flight_id) if storable(flight_id) else ()

    def of_site(self, site_id: str, first: date, last: date) -> tuple[FlightEffort, ...]:
        """Return the efforts of a site's flights on local days, both inclusive, by day."""
        with self._reading() as session:
            return efforts_between(session, site_id, first, last)
