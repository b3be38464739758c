"""Whatever is done in whatever order: the chain holds, no event is lost, statuses have a cause."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from patrol.checkpoint_key import SiteKey
from patrol.conditions import Conditions
from patrol.incident import State
from patrol.incident_step import (
    Assign,
    Comment,
    Join,
    Move,
    Prioritise,
    Separate,
    Signature,
    Undo,
)
from patrol.notice_records import Draft
from patrol.store import Role, StaleVersion, TransitionError
from patrol.verdict import Priority
from patrol.zone_status import ChangeReason, Presence, ZoneStatusChange
from patrol.zone_versions import StaleZone, ZoneChangeError

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
COUNTS = {State.CONFIRMED, State.RESPONDING, State.RESOLVED}
PEOPLE = st.sampled_from(["mali", "nid", "don", "nobody"])
STEPS = st.one_of(
    st.sampled_from([Comment(), Separate(), Undo(), Assign(None)]),
    st.builds(Move, st.sampled_from(State)),
    st.builds(Prioritise, st.sampled_from(Priority)),
    st.builds(Assign, PEOPLE),
)
CAUSED = {ChangeReason.SIGHTED, ChangeReason.EXTENDED, ChangeReason.TAKEN_BACK}
REASONS = st.sampled_from(["", "seen by eye"])


@pytest.mark.parametrize("sequences", [3, pytest.param(30, marks=pytest.mark.deep)])
def test_no_sequence_of_steps_breaks_the_ledger(site, make_log, open_store, sequences) -> None:
    class Desk(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.folder = TemporaryDirectory()
            folder = Path(self.folder.name)
            key = SiteKey.kept_at(folder / "site_key")
            self.store = open_store(folder / "a.sqlite3", key)
            self.store.zones.follow_file(site, START)
            for name, role in (("mali", Role.OFFICER), ("nid", Role.ADMIN), ("don", Role.RANGER)):
                self.store.add_user(name, "hash", role, START)
            self.minutes = 0
            self.flights = 0
            self.told: dict[str, int] = {}

        def teardown(self) -> None:
            self.store.close()
            self.folder.cleanup()

        def now(self) -> datetime:
            self.minutes += 1
            return START + timedelta(minutes=self.minutes)

        def one_of(self, number: int) -> str:
            return sorted(self.told)[number % len(self.told)]

        def take(self, incident_id: str, step, actor: str, reason: str, version: int | None):
            before = self.store.incident(incident_id)
            by = Signature(actor, reason, self.now())
            try:
                after = self.store.take_step(incident_id, step, by, expected_version=version)
            except (TransitionError, StaleVersion):
                assert self.store.incident(incident_id) == before
                return
            self.told[incident_id] += 1
            assert after == self.store.incident(incident_id)
            assert after.version == before.version + 1

        @precondition(lambda self: self.flights < 3)
        @rule()
        def log_a_flight(self) -> None:
            self.flights += 1
            log = make_log(f"flight{self.flights}")
            assert self.store.log_flight(log)
            assert not self.store.log_flight(log)
            self.told.update({incident.incident_id: 1 for incident in log.incidents})

        @precondition(lambda self: self.told)
        @rule(number=st.integers(0, 5), step=STEPS, actor=PEOPLE, reason=REASONS)
        def step(self, number, step, actor, reason) -> None:
            self.take(self.one_of(number), step, actor, reason, None)

        @precondition(lambda self: self.told)
        @rule(number=st.integers(0, 5), other=st.integers(0, 5))
        def join(self, number, other) -> None:
            self.take(self.one_of(number), Join(self.one_of(other)), "mali", "", None)

        @precondition(lambda self: self.told)
        @rule(number=st.integers(0, 5), step=STEPS, behind=st.integers(1, 3))
        def step_with_an_old_page(self, number, step, behind) -> None:
            chosen = self.one_of(number)
            stale = self.store.incident(chosen).version - behind
            told = self.told[chosen]
            self.take(chosen, step, "mali", "so", stale)
            assert self.told[chosen] == told

        @rule(
            number=st.integers(0, 4), deed=st.sampled_from(["rename", "shrink", "retire", "back"])
        )
        def change_a_zone(self, number, deed) -> None:
            """Zones are drawn anew, taken away and put back while incidents name them."""
            zone = site.zones[number]
            versions = self.store.zones.history(site.site_id, zone.zone_id)
            latest = versions[-1]
            by = {"actor": "mali", "reason": "buoys were moved", "at_utc": self.now()}
            if latest.retired != (deed == "back"):
                return
            seen = latest.zone.version
            if deed == "retire":
                self.store.zones.retire(site, zone.zone_id, expected_version=seen, **by)
            else:
                area = zone.area.buffer(-0.0003) if deed == "shrink" else zone.area
                name = f"{zone.name_en} {self.minutes}" if deed == "rename" else zone.name_en
                drawn = replace(latest.zone, name_en=name, area=area)
                expected = None if deed == "back" else seen
                self.store.zones.put(site, drawn, expected_version=expected, **by)
            kept = self.store.zones.history(site.site_id, zone.zone_id)
            assert kept[: len(versions)] == versions
            with pytest.raises((StaleZone, ZoneChangeError)):
                self.store.zones.put(
                    site, replace(latest.zone, name_en="late"), expected_version=seen + 9, **by
                )

        @precondition(lambda self: self.flights)
        @rule(flight=st.integers(1, 3), sea_state=st.integers(0, 9))
        def tell_of_the_sea(self, flight, sea_state) -> None:
            told = Conditions("by eye", sea_state=sea_state)
            flight_id = f"flight{min(flight, self.flights)}"
            before = self.store.conditions.of_flight(flight_id)
            self.store.conditions.tell(flight_id, told, "mali", self.now())
            after = self.store.conditions.of_flight(flight_id)
            assert after[:-1] == before
            assert after[-1].conditions == told

        @rule(arrives=st.booleans(), again=st.booleans())
        def send_a_message(self, arrives, again) -> None:
            """Messages arrive, are given up, or are ended twice by senders that cross."""
            self.store.notices.begin("desk", (), self.now())
            draft = Draft(f"cause{self.minutes}", "One alert", "look", self.now())
            assert self.store.notices.enter("desk", site, lambda _: [draft], self.now()) == 1
            notice = self.store.notices.claim(["desk"], self.now())
            if arrives:
                self.store.notices.sent(notice.notice_id, self.now())
            stands = notice
            while (not arrives or again) and stands.state == "waiting":
                stands = self.store.notices.failed(notice.notice_id, "no network", self.now())
            ended = self.store.notices.latest(1)[0]
            assert ended.state == ("sent" if arrives else "failed")

        @rule()
        def sign(self) -> None:
            self.store.sign_ledger(self.now())

        @invariant()
        def the_chain_holds(self) -> None:
            assert self.store.verify().faults == ()

        @invariant()
        def no_event_is_lost(self) -> None:
            for incident_id, told in self.told.items():
                events = self.store.events(incident_id)
                assert [event.version for event in events] == list(range(1, told + 1))
                incident = self.store.incident(incident_id)
                assert (incident.version, incident.state) == (told, events[-1].to_state)

        @invariant()
        def what_is_joined_is_joined_to_one_that_stands_alone(self) -> None:
            for incident_id in self.told:
                into = self.store.incident(incident_id).joined_to
                assert into is None or self.store.incident(into).joined_to is None

        @invariant()
        def no_status_is_without_a_cause(self) -> None:
            sure = site.rule_parameters.auto_status_min_score
            causes = {
                incident.zone_id
                for incident in self.store.incidents()
                if incident.object_class == "dugong"
                and (
                    incident.state in COUNTS
                    or (incident.state is State.NEW and incident.score >= sure)
                )
            }
            statuses = self.store.zone_statuses(site, TODAY)
            raised = {it.zone_id for it in statuses if it.presence is Presence.PRESENT}
            in_force = {zone.zone_id for zone in self.store.zones.in_force(site).zones}
            assert {status.zone_id for status in statuses} == in_force
            assert raised == causes & in_force

        @invariant()
        def what_was_told_of_zones_has_its_incidents_and_ends_in_the_status(self) -> None:
            known = set(self.told)
            changes = self.store.zone_changes(site, TODAY - timedelta(days=20), TODAY)
            latest: dict[str, ZoneStatusChange] = {}
            for change in changes:  # the newest first
                latest.setdefault(change.told.zone_id, change.told)
                if change.told.reason in CAUSED:
                    assert change.causes
                    assert set(change.causes) <= known
            for status in self.store.zone_statuses(site, TODAY):
                if status.presence is Presence.PRESENT:
                    told = latest[status.zone_id]
                    assert told.reason in CAUSED
                    # what is always slow or closed keeps its own days
                    assert told.status == status.status

    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=sequences,
            stateful_step_count=20,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_retracting_what_raised_a_zone_lowers_it_and_undoing_that_raises_it_again(
    site, make_log, open_store, tmp_path
) -> None:
    with closing(open_store(tmp_path / "a.sqlite3")) as store:
        log = make_log()
        store.log_flight(log)
        dugong = log.incidents[0].incident_id

        def presence() -> Presence:
            statuses = {s.zone_id: s for s in store.zone_statuses(site, TODAY)}
            return statuses["laem_chu_hoi"].presence

        by = Signature("mali", "a log, not a dugong", START)
        store.take_step(dugong, Move(State.CONFIRMED), by, expected_version=1)
        assert presence() is Presence.PRESENT
        store.take_step(dugong, Move(State.RETRACTED), by, expected_version=2)
        assert presence() is not Presence.PRESENT
        store.take_step(dugong, Undo(), by, expected_version=3)
        assert presence() is Presence.PRESENT
