"""Permits kept by officers: given, taken back, told with verdicts, all in the ledger."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from detection.types import ObjectClass
from patrol.permit_history import PermitError
from patrol.permits import Permit
from patrol.rules import judge
from patrol.verdict import Priority

AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)  # 2 March, one in the morning, in Trang
PERMIT = Permit(
    "T-1", "ผู้ถือ", "ลอบ", frozenset({"laem_chu_hoi"}), date(2026, 2, 1), date(2026, 4, 30), "order"
)


def told(store, site, sighting) -> Priority:
    (verdict,) = judge([sighting], store.permits.in_force(site))
    assert ("T-1" in verdict.reason_en) is (verdict.priority is Priority.LOW)
    return verdict.priority


def test_a_kept_permit_is_told_until_it_is_taken_back(store, site, make_sighting) -> None:
    def gear(day: int):
        return make_sighting(
            "g", ObjectClass.FISHING_GEAR, seen_utc=datetime(2026, 3, day, 5, tzinfo=UTC)
        )

    assert told(store, site, gear(1)) is Priority.HIGH
    store.permits.add(site, PERMIT, "mali", AT)
    assert [told(store, site, gear(day)) for day in (1, 2, 3)] == [Priority.LOW] * 3
    kept = store.permits.revoke(site, "T-1", "ย้ายเขต", "nid", AT)
    # it is 2 March in Trang already: what the permit allowed on 1 March it still does
    assert kept.revoked_from == date(2026, 3, 2)
    assert told(store, site, gear(1)) is Priority.LOW
    assert [told(store, site, gear(day)) for day in (2, 3)] == [Priority.HIGH] * 2
    (all_of_it,) = store.permits.kept(site.site_id)
    assert (all_of_it.permit, all_of_it.added_by) == (PERMIT, "mali")
    assert (all_of_it.revoked_by, all_of_it.revoke_reason) == ("nid", "ย้ายเขต")
    report = store.verify()
    assert (report.events, report.faults) == (2, ())


def test_a_permit_taken_back_before_it_began_holds_on_no_day(store, site) -> None:
    later = replace(PERMIT, first=date(2026, 4, 1))
    store.permits.add(site, later, "mali", AT)
    assert store.permits.revoke(site, "T-1", "mistake", "mali", AT).in_force is None
    assert store.permits.in_force(site).permits == site.permits


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"permit_id": " "}, "needs a number"),
        ({"permit_id": "x" * 65}, "needs a number: one line of at most 64"),
        ({"holder": "a\nb"}, "needs a holder"),
        ({"gear": "\x00"}, "needs a gear"),
        ({"citation": ""}, "needs a citation"),
        ({"last": date(2026, 1, 31)}, "2026-01-31, is before its first, 2026-02-01"),
        ({"zone_ids": frozenset()}, "names no zone"),
        ({"zone_ids": frozenset({"laem_chu_hoi", "nowhere"})}, "has no zone nowhere; it has: "),
    ],
)
def test_a_permit_that_cannot_be_is_refused_with_the_fault(store, site, changes, fault) -> None:
    with pytest.raises(PermitError, match=fault):
        store.permits.add(site, replace(PERMIT, **changes), "mali", AT)
    assert store.verify().events == 0


def test_numbers_are_kept_once_and_taken_back_once(store, site) -> None:
    in_file = replace(site, permits=(replace(PERMIT, permit_id="F-1"),))
    for number in ("F-1", "T-1"):
        if number == "T-1":
            store.permits.add(in_file, PERMIT, "mali", AT)
        with pytest.raises(PermitError, match=f"{number} is kept already"):
            store.permits.add(in_file, replace(PERMIT, permit_id=number), "mali", AT)
    with pytest.raises(PermitError, match=r"is of the site's permits\.toml"):
        store.permits.revoke(in_file, "F-1", "why", "mali", AT)
    with pytest.raises(PermitError, match="no permit 'X' is kept"):
        store.permits.revoke(in_file, "X", "why", "mali", AT)
    for reason, actor, fault in (("", "mali", "say why"), ("why", " ", "say who")):
        with pytest.raises(PermitError, match=fault):
            store.permits.revoke(in_file, "T-1", reason, actor, AT)
    store.permits.revoke(in_file, "T-1", "why", "mali", AT)
    with pytest.raises(PermitError, match="was taken back by mali: why"):
        store.permits.revoke(in_file, "T-1", "again", "nid", AT)


def test_permits_of_another_site_are_not_this_ones(store, site) -> None:
    store.permits.add(site, PERMIT, "mali", AT)
    long = "x" * 60
    for name in ("elsewhere", f"{long}1", f"{long}2"):
        other = replace(site, site_id=name)
        assert store.permits.kept(name) == ()
        store.permits.add(other, PERMIT, "mali", AT)
        assert len(store.permits.kept(name)) == 1
