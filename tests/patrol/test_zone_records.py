"""Versions of zones in the store: kept, in the ledger, and never lost to somebody faster."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import shapely
import sqlalchemy

from patrol.store import Store
from patrol.watched_zones import hectares_of
from patrol.zone_document import ZoneError, zone_sha256
from patrol.zone_versions import StaleZone, UnknownZone, ZoneChangeError, ZoneOrigin
from patrol.zones import RuleName

AT = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def kept(database_url, site):
    store = Store(database_url)
    store.zones.follow_file(site, AT)
    yield store
    store.close()


def put(store, site, zone, expected_version, **changes):
    said = {"actor": "mali", "reason": "buoys were moved", "at_utc": AT} | changes
    return store.zones.put(site, zone, expected_version=expected_version, **said)


def test_the_zones_of_the_file_are_version_1_and_following_again_adds_nothing(kept, site) -> None:
    assert [z.version for z in kept.zones.in_force(site).zones] == [1] * len(site.zones)
    assert [z.zone_id for z in kept.zones.in_force(site).zones] == [z.zone_id for z in site.zones]
    events = kept.verify().events
    assert events == len(site.zones)
    assert kept.zones.follow_file(site, AT) == ()
    assert kept.verify() == kept.verify()
    assert kept.verify().events == events


def test_an_edit_is_a_new_version_and_the_old_one_stays_readable(kept, site) -> None:
    zone = kept.zones.in_force(site).zones[0]
    made = put(kept, site, replace(zone, name_en="Cape"), 1)
    assert (made.zone.version, made.zone.name_en, made.origin) == (2, "Cape", ZoneOrigin.PERSON)
    assert kept.zones.in_force(site).zones[0] == made.zone
    old, new = kept.zones.history(site.site_id, zone.zone_id)
    assert (old.zone, new) == (zone, made)
    assert old.sha256 == zone_sha256(site.zones[0]) != new.sha256
    assert kept.zones.version(site.site_id, zone.zone_id, 1) == old
    assert kept.verify().faults == ()
    same = put(kept, site, replace(zone, name_en="Cape"), 2)
    assert same.zone.version == 2  # nothing changed, so nothing is kept
    # the file's own zone is not put over what a person drew
    assert kept.zones.follow_file(site, AT) == ()


def test_a_changed_file_is_followed_where_no_person_drew(kept, site) -> None:
    first, *others = site.zones
    newer = replace(site, zones=(replace(first, name_en="Cape"), *others[1:]))
    made = kept.zones.follow_file(newer, AT)
    assert [(v.zone.zone_id, v.zone.version, v.retired) for v in made] == [
        (first.zone_id, 2, False),
        (others[0].zone_id, 2, True),
    ]
    assert others[0].zone_id not in {z.zone_id for z in kept.zones.in_force(newer).zones}


@pytest.mark.parametrize("expected_version", [None, 2, 7])
def test_who_saw_another_version_changes_nothing(kept, site, expected_version) -> None:
    zone = replace(site.zones[0], name_en="Cape")
    with pytest.raises(StaleZone, match="version 1"):
        put(kept, site, zone, expected_version)
    assert len(kept.zones.history(site.site_id, zone.zone_id)) == 1


def test_new_zones_are_checked_against_the_others_and_the_coast(kept, site) -> None:
    new = replace(site.zones[0], zone_id="cape_2")
    with pytest.raises(ZoneError, match="overlaps laem_chu_hoi"):
        put(kept, site, new, None)
    far = replace(new, area=shapely.affinity.translate(new.area, xoff=5))
    with pytest.raises(ZoneError, match="more than 1 degree"):
        put(kept, site, far, None)
    swapped = replace(new, area=shapely.transform(new.area, lambda lonlat: lonlat[:, ::-1]))
    with pytest.raises(ZoneError, match="looks like swapped axes"):
        put(kept, site, swapped, None)
    with pytest.raises(UnknownZone):
        put(kept, site, replace(new, rules=frozenset()), 1)
    with pytest.raises(ZoneChangeError, match="needs a reason"):
        put(kept, site, replace(new, rules=frozenset()), None, reason=" ")
    assert put(kept, site, replace(new, rules=frozenset()), None).zone.version == 1
    assert kept.verify().faults == ()


def test_a_zone_taken_away_holds_no_longer_but_can_be_read_and_drawn_again(kept, site) -> None:
    zone = site.zones[0]
    said = {"actor": "mali", "reason": "the closure has ended", "at_utc": AT}
    gone = kept.zones.retire(site, zone.zone_id, expected_version=1, **said)
    assert (gone.retired, gone.zone.version) == (True, 2)
    assert zone.zone_id not in {z.zone_id for z in kept.zones.in_force(site).zones}
    with pytest.raises(StaleZone, match="taken away"):
        kept.zones.retire(site, zone.zone_id, expected_version=2, **said)
    assert put(kept, site, zone, None).zone.version == 3
    assert kept.verify().faults == ()


def test_no_version_can_be_changed_or_deleted(kept) -> None:
    for statement in ("UPDATE zone_versions SET reason = 'x'", "DELETE FROM zone_versions"):
        with (
            pytest.raises(sqlalchemy.exc.DBAPIError, match="kept in all their versions"),
            kept._database.writer.begin() as connection,
        ):
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE zone_versions SET document = replace(document, 'Laem', 'Cape')",
        "UPDATE zone_versions SET document = '{}'",
        "UPDATE zone_versions SET actor = 'nid' WHERE zone_id = 'laem_chu_hoi'",
        "DELETE FROM zone_versions WHERE zone_id = 'laem_chu_hoi'",
    ],
)
def test_an_edit_behind_the_triggers_is_found(tmp_path, open_store, site, edit) -> None:
    store = open_store(tmp_path / "patrol.sqlite3")
    store.zones.follow_file(site, AT)
    with store._database.writer.begin() as connection:
        for change in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER zone_versions_refuse_{change}")
        connection.exec_driver_sql(edit)
    assert any("zone laem_chu_hoi" in fault.what for fault in store.verify().faults)
    store.close()


def test_an_unknown_zone_or_version(kept, site) -> None:
    for zone_id in ("nowhere", "nul\0"):
        with pytest.raises(UnknownZone):
            kept.zones.history(site.site_id, zone_id)
    with pytest.raises(UnknownZone, match="no version 9"):
        kept.zones.version(site.site_id, "laem_chu_hoi", 9)


def test_of_two_officers_at_once_one_is_told_to_look_again(kept, site) -> None:
    zone = kept.zones.in_force(site).zones[0]

    def change(name: str) -> str:
        try:
            put(kept, site, replace(zone, name_en=name), 1, actor=name)
        except StaleZone:
            return "late"
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(change, ("mali", "nid", "don", "som")))
    assert sorted(told) == ["kept", "late", "late", "late"]
    assert len(kept.zones.history(site.site_id, zone.zone_id)) == 2
    assert kept.verify().faults == ()


def test_a_wide_outline_with_little_sea_in_it_is_refused(kept, site) -> None:
    """140 ha in all, but some 30 ha of it sea: its status would pin an animal down."""
    zone = next(z for z in site.zones if z.zone_id == "ko_muk_east")
    shore = next(
        box
        for lon in range(9915, 9965)
        for lat in range(705, 755)
        for box in [shapely.box(lon / 100, lat / 100, lon / 100 + 0.0107, lat / 100 + 0.0107)]
        if 15 < hectares_of(box.difference(site.coast)) < 45
    )
    lagoon = replace(zone, zone_id="lagoon", area=shore)
    assert hectares_of(lagoon.area) > 130
    with pytest.raises(ZoneError, match="at least 50 ha of sea"):
        put(kept, site, lagoon, None)
    unwatched = replace(lagoon, rules=lagoon.rules - {RuleName.DUGONG_SIGHTING})
    assert put(kept, site, unwatched, None).zone.version == 1
