"""The store: flights, labels, incidents, the ledger and users, kept in one database.

Values in, values out; every call is one transaction. Each part has a module of its own, named
`*_records`; only they, the modules they call (`*_table`, `database`, `device_tokens`,
`uploads_queue`) and `migrations/` speak SQL.
"""

from patrol.account_records import Accounts
from patrol.checkpoint_key import SiteKey
from patrol.checkpoint_records import LedgerRecords
from patrol.conditions_records import ConditionsRecords
from patrol.coverage import ZoneSurvey
from patrol.database import Database, StoreError
from patrol.device_tokens import DeviceTokens
from patrol.earlier_records import EarlierRecords
from patrol.effort_records import EffortRecords
from patrol.field_table import FlightOrigins
from patrol.flight_log import FlightLog, FlightSummary, LoggedFrame
from patrol.flight_records import FlightRecords, UnknownFlight, unknown_flight
from patrol.frame_views import FrameViews
from patrol.incident import TransitionError
from patrol.incident_records import IncidentRecords, StaleVersion, UnknownIncident
from patrol.ledger import LedgerFault, LedgerReport
from patrol.ledger_tail import LedgerTail
from patrol.notice_records import Notices
from patrol.permit_records import PermitRecords
from patrol.ranger_totals import Rangers
from patrol.report.records import ReportRecords
from patrol.rows import FlightLogError
from patrol.site import Site
from patrol.status_records import StatusRecords
from patrol.tide_records import TideRecords
from patrol.uploads_queue import FlightQueue
from patrol.uploads_table import UploadTable
from patrol.user import Role, User
from patrol.user_records import UnknownUser, UserError, UserRecords
from patrol.witness_table import Witnesses
from patrol.zone_records import ZoneRecords

__all__ = [
    "FlightLog",
    "FlightLogError",
    "FlightSummary",
    "LedgerFault",
    "LedgerReport",
    "LoggedFrame",
    "Role",
    "StaleVersion",
    "Store",
    "StoreError",
    "TransitionError",
    "UnknownFlight",
    "UnknownIncident",
    "UnknownUser",
    "User",
    "UserError",
    "ZoneSurvey",
    "unknown_flight",
]


class Store(FlightRecords, IncidentRecords, LedgerRecords, StatusRecords, UserRecords):
    """All that is remembered, in SQLite or PostgreSQL. Safe to use from several threads.

    `uploads`, `queue` and `device_tokens` are the flights on their way here; `effort` is what
    flights looked at, `rangers` what each sender's amount to; `views` tells how frames see the sea,
    `tail` what was written last, `origins` what flights were logged from, `witnesses` the reports
    of people, `zones` the zones in all their versions, `earlier` what was seen before,
    `conditions` what people told of sea and weather, `permits` and `tides` what was kept.
    """

    def __init__(self, url: str, site_key: SiteKey | None = None) -> None:
        """Open the database; raises StoreError for a URL that is none of the two.

        With the site's key the ledger is signed whenever a checkpoint is due.
        """
        super().__init__(Database(url, site_key))
        self.uploads = UploadTable(self._database)
        self.queue = FlightQueue(self._database)
        self.device_tokens = DeviceTokens(self._database)
        self.accounts = Accounts(self._database)
        self.notices = Notices(self._database)
        self.effort = EffortRecords(self._database)
        self.reports = ReportRecords(self._database)
        self.rangers = Rangers(self._database)
        self.views = FrameViews(self._database)
        self.tail = LedgerTail(self._database)
        self.origins = FlightOrigins(self._database)
        self.zones = ZoneRecords(self._database)
        self.witnesses = Witnesses(self._database)
        self.earlier = EarlierRecords(self._database)
        self.conditions = ConditionsRecords(self._database)
        self.permits = PermitRecords(self._database)
        self.tides = TideRecords(self._database)

    def site_in_force(self, site: Site) -> Site:
        """Return a site with zones, permits and tides as kept now, its files' to begin with."""
        return self.tides.in_force(self.permits.in_force(self.zones.in_force(site)))

    def migrate(self) -> None:
        """Bring the tables to this version's, all or nothing; raises StoreError."""
        self._database.migrate()

    def close(self) -> None:
        """Close all connections."""
        self._database.close()
