"""What people wait for in a large store, beside the same read as a simpler program would read it.

The peer of a page is the reading of its whole list, sorted out in Python; the peer of a lookup is
the same lookup without its index. A store of a tenth of the size comes first: it tells how long the
rest will take, and whether the check of the ledger needs more memory for more entries.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from time import perf_counter
from uuid import uuid4

from sqlalchemy import create_engine, make_url, select
from sqlalchemy.orm import Session

from detection.types import ObjectClass, Sighting
from libong.bench.ledger import Checked, checked
from libong.bench.plans import whole_reads
from libong.bench.row import Row, higher_is_better, lower_is_better
from libong.bench.store_fill import OFFICERS, Filled, StoreSize, fill
from libong.bench.watch import Watch
from patrol.checkpoint_key import SiteKey
from patrol.incident import Incident, State
from patrol.incident_list import IncidentFilter, Listing
from patrol.incident_state import OPEN
from patrol.ledger import event_of
from patrol.presence import zone_statuses
from patrol.report.month import Month
from patrol.rows import incident_of, ledger_entry
from patrol.rules import judge
from patrol.site import Site
from patrol.store import Store
from patrol.tables import IncidentRow, LedgerRow
from patrol.verdict import Priority
from patrol.zones import RuleName

BENCH = "store"
PAGE = 100
_WHOLE = "the whole list read and sorted out in Python"
_UNINDEXED = "the same without its index"
_ALONE = "nothing comparable"
_JUDGED = 1000
_WHOLE_READS = 10  # of the list of incidents, by the peers
_QUICK_S = 1.0


@contextmanager
def own_schema(url: str) -> Iterator[str]:
    """Give the URL of a new schema of a PostgreSQL server, which is dropped afterwards."""
    schema = f"libong_bench_{uuid4().hex}"
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
        try:
            parsed = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
            yield parsed.render_as_string(hide_password=False)
        finally:
            with engine.begin() as connection:
                connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")
    finally:
        engine.dispose()


def store_rows(
    new_database: Callable[[], AbstractContextManager[str]],
    site: Site,
    size: StoreSize,
    rounds: int,
    key: SiteKey,
    watch: Watch,
) -> Iterator[Row]:
    """Fill a database, its ledger signed with `key`, and yield each row as it is measured.

    `new_database` gives the URL of an empty one, and drops it afterwards; rows name its kind.
    Raises TimeUp, with what was measured before yielded.
    """
    with new_database() as url:
        tenth = _Tenth.measured(url, site, size.tenth, key, watch)
    watch.foretell("the whole store", 10 * tenth.seconds)
    with new_database() as url, closing(Store(url, key)) as store:
        yield from _Clock(store, site, size, rounds, watch).rows(url, key, tenth.check)


@dataclass(frozen=True)
class _Tenth:
    """What a store of a tenth took: `seconds` are those that grow with the store."""

    check: Checked
    seconds: float

    @classmethod
    def measured(
        cls, url: str, site: Site, size: StoreSize, key: SiteKey, watch: Watch
    ) -> "_Tenth":
        with closing(Store(url, key)) as store:
            store.migrate()
            watch.stage(f"{store.database.reader.dialect.name}: a store of a tenth first")
            began = perf_counter()
            fill(store.database, site, size, watch.part)
            fill_s = perf_counter() - began
            check = checked(url, key.public, watch.left_s)
            read_s = _WHOLE_READS * _peer_seconds(store.incidents)
            return cls(check, fill_s + check.seconds + read_s)


class _Clock:
    """Fills a store, and times it."""

    def __init__(
        self, store: Store, site: Site, size: StoreSize, rounds: int, watch: Watch
    ) -> None:
        self._store, self._site, self._size = store, site, size
        self._rounds, self._watch = rounds, watch
        self._asked: list[Callable[[], object]] = []
        self._name = store.database.reader.dialect.name
        self._filled, self._fill_s = self._fill()

    def _fill(self) -> tuple[Filled, float]:
        self._store.migrate()
        self._watch.stage(f"{self._name}: filling with {self._size.detections} detections")
        began = perf_counter()
        filled = fill(self._store.database, self._site, self._size, self._watch.part)
        seconds = perf_counter() - began
        self._store.database.take_statistics()
        return filled, seconds

    def rows(self, url: str, key: SiteKey, tenth: Checked) -> Iterator[Row]:
        """Yield all rows of this store, which `url` opens, beside a check of one of a tenth."""
        store, site = self._store, self._site
        some = store.incident_page(Listing.EVERY, limit=PAGE).incidents[-1]
        today = self._filled.last_utc.astimezone(site.reference.timezone).date()
        month = Month(today.year, today.month).later(-1)
        per_thousand = self._fill_s / self._size.detections * 1000
        yield self._row("fill, per 1,000 detections", lambda: per_thousand)
        yield from self._check_rows(url, key, tenth)
        yield self._row("open alerts, first page", self._page, self._whole_alerts, _WHOLE)
        yield self._row("open alerts, last page", self._last_page, self._whole_alerts, _WHOLE)
        for name, asked in self._filters(some).items():
            yield self._filter_row(name, asked)
        yield self._row(
            "one incident with its history",
            self._timed(lambda: (store.incident(some.incident_id), self._events(some))),
            lambda: self._unindexed(some.incident_id),
            _UNINDEXED,
        )
        yield self._row(
            "flights, first page",
            self._timed(lambda: store.flight_page(limit=PAGE)),
            store.flights,
            _WHOLE,
        )
        yield self._row(
            "zone statuses",
            self._timed(lambda: store.zone_statuses(site, today)),
            lambda: zone_statuses(site, store.incidents(), (), today),
            _WHOLE,
        )
        yield self._row(
            "all that one person did, first page",
            self._timed(lambda: store.tail.trail(actor=OFFICERS[0], limit=PAGE)),
        )
        yield self._row(
            "month report", self._timed(lambda: store.reports.facts(site, month, today))
        )
        yield self._row(
            "rules with what was seen before, per 1,000 sightings", self._judged_thousand
        )
        yield self._plan_row()

    def _page(self) -> float:
        return self._seconds(lambda: self._store.incident_page(Listing.WAITING, limit=PAGE))

    def _last_page(self) -> float:
        page = self._store.incident_page(Listing.WAITING, limit=PAGE)
        last = page.following
        while page.following is not None:
            last = page.following
            page = self._store.incident_page(Listing.WAITING, limit=PAGE, after=last)
        return self._seconds(
            lambda: self._store.incident_page(Listing.WAITING, limit=PAGE, after=last)
        )

    def _whole_alerts(self) -> Sequence[Incident]:
        found = [
            each
            for each in self._store.incidents()
            if each.state in OPEN and each.joined_to is None
        ]
        urgency = {priority: rank for rank, priority in enumerate(Priority)}
        return sorted(found, key=lambda each: urgency[each.priority])[:PAGE]

    def _filters(self, some: Incident) -> dict[str, IncidentFilter]:
        week = self._filled.last_utc - timedelta(days=7)
        return {
            "one zone": IncidentFilter(zone_id=some.zone_id),
            "boats": IncidentFilter(object_class=ObjectClass.BOAT),
            "one rule": IncidentFilter(rule=RuleName.BOAT_IN_GO_SLOW_ZONE),
            "resolved": IncidentFilter(states=frozenset({State.RESOLVED})),
            "low priority": IncidentFilter(priority=Priority.LOW),
            "last week, one zone": IncidentFilter(zone_id=some.zone_id, since_utc=week),
            "in one's care": IncidentFilter(assignee=OFFICERS[0]),
        }

    def _filter_row(self, name: str, asked: IncidentFilter) -> Row:
        def as_python() -> Sequence[Incident]:
            return [each for each in self._store.incidents() if _fits(each, asked)][:PAGE]

        ours = self._timed(lambda: self._store.incident_page(Listing.EVERY, asked, limit=PAGE))
        return self._row(f"all incidents, {name}", ours, as_python, _WHOLE)

    def _events(self, incident: Incident) -> object:
        return self._store.events(incident.incident_id)

    def _unindexed(self, incident_id: str) -> object:
        with Session(self._store.database.reader) as session:
            # an expression that no index holds
            incidents = select(IncidentRow).where(IncidentRow.incident_id + "" == incident_id)
            entries = select(LedgerRow).where(LedgerRow.subject + "" == incident_id)
            return (
                [incident_of(row) for row in session.scalars(incidents)],
                [event_of(ledger_entry(row)) for row in session.scalars(entries)],
            )

    def _judged_thousand(self) -> float:
        flights = self._store.flight_page(limit=_JUDGED // 50).flights
        sightings: list[Sighting] = []
        for flight in flights:
            sightings += self._store.sightings(flight.flight_id)
        by_flight = [
            [each for each in sightings if each.flight_id == flight.flight_id] for flight in flights
        ]

        def judged() -> object:
            return [
                judge(some, self._site, earlier=self._store.earlier.before(self._site, some))
                for some in by_flight
            ]

        return self._seconds(judged) / max(len(sightings), 1) * 1000

    def _check_rows(self, url: str, key: SiteKey, tenth: Checked) -> Iterator[Row]:
        self._watch.stage(f"{self._name}: verify")
        check = checked(url, key.public, self._watch.left_s)
        each = f"{self._name}: verify"
        what = f"{check.entries} entries, {check.checkpoints} checkpoints"
        yield lower_is_better(BENCH, f"{each}, {what}", "s", check.seconds, None, _ALONE)
        rate = check.entries / check.seconds
        yield higher_is_better(BENCH, f"{each}, entries a second", "1/s", rate, None, _ALONE)
        yield lower_is_better(
            BENCH,
            f"{each}, peak memory beside {tenth.entries} entries",
            "MB",
            check.peak_mb,
            tenth.peak_mb,
            "a tenth of the store",
        )

    def _timed(self, ask: Callable[[], object]) -> Callable[[], float]:
        return lambda: self._seconds(ask)

    def _seconds(self, ask: Callable[[], object]) -> float:
        self._asked.append(ask)
        return _seconds(ask, self._rounds)

    def _plan_row(self) -> Row:
        """Tell how often the questions that were timed make the database read a big table whole."""
        whole = [table for ask in self._asked for table in whole_reads(self._store.database, ask)]
        metric = f"{self._name}: big tables that these questions read whole"
        return lower_is_better(BENCH, metric, "", len(whole), None, _ALONE)

    def _row(
        self,
        metric: str,
        ours: Callable[[], float],
        peer: Callable[[], object] | None = None,
        peer_name: str = _ALONE,
    ) -> Row:
        named = f"{self._name}: {metric}"
        self._watch.stage(named)
        ours_ms = ours() * 1000
        peer_ms = None if peer is None else _peer_seconds(peer) * 1000
        return lower_is_better(BENCH, named, "ms", ours_ms, peer_ms, peer_name)


def _fits(incident: Incident, asked: IncidentFilter) -> bool:
    return (
        (asked.states is None or incident.state in asked.states)
        and asked.zone_id in (None, incident.zone_id)
        and asked.object_class in (None, incident.object_class)
        and asked.rule in (None, incident.rule)
        and asked.priority in (None, incident.priority)
        and asked.assignee in (None, incident.assignee)
        and (asked.since_utc is None or incident.occurred_at_utc >= asked.since_utc)
    )


def _seconds(ask: Callable[[], object], rounds: int) -> float:
    ask()  # the first finds the caches empty, and SQLAlchemy's statement uncompiled
    taken = []
    for _ in range(rounds):
        began = perf_counter()
        ask()
        taken.append(perf_counter() - began)
    return median(taken)


def _peer_seconds(ask: Callable[[], object]) -> float:
    """Time it once; again where it was so quick that the first time's own costs would count."""
    began = perf_counter()
    ask()
    seconds = perf_counter() - began
    return seconds if seconds > _QUICK_S else _seconds(ask, 1)
