"""Permits from a site's file, and sites that leave rules out."""

import shutil
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import pytest

import patrol.site
from detection.types import ObjectClass
from ingest.lonlat import LonLat
from patrol.permits import load_permits, permits_in_force
from patrol.rules import judge
from patrol.site import load_site
from patrol.verdict import Priority
from patrol.zone_file import SiteFileError
from patrol.zones import RuleName

SHIPPED = Path(patrol.site.__file__).parent / "sites" / "koh_libong"
IN_CHU_HOI = LonLat(99.4560, 7.2560)
GOOD = """
[[permit]]
permit_id = "T-1"
holder = "a holder"
gear = "traps"
zone_ids = ["laem_chu_hoi"]
first = 2026-02-01
last = 2026-04-30
citation = "an order"
"""


def test_the_permits_of_a_site_are_told_with_its_verdicts(tmp_path, make_sighting) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "site")
    assert load_site(folder).permits == ()
    (folder / "permits.toml").write_text(GOOD, encoding="utf-8")
    site = load_site(folder)
    (permit,) = site.permits
    assert (permit.permit_id, permit.gear) == ("T-1", "traps")
    (verdict,) = judge([make_sighting("g", ObjectClass.FISHING_GEAR, IN_CHU_HOI)], site)
    assert (verdict.priority, "T-1" in verdict.reason_th) == (Priority.LOW, True)


@pytest.mark.parametrize(
    ("zone_id", "day", "holds"),
    [
        ("laem_chu_hoi", date(2026, 2, 1), True),
        ("laem_chu_hoi", date(2026, 4, 30), True),
        ("laem_chu_hoi", date(2026, 1, 31), False),
        ("laem_chu_hoi", date(2026, 5, 1), False),
        ("ko_muk_east", date(2026, 3, 1), False),
    ],
)
def test_a_permit_holds_in_its_zones_and_days(tmp_path, zone_id, day, holds) -> None:
    path = tmp_path / "permits.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert bool(permits_in_force(load_permits(path), zone_id, day)) is holds


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[[permit", "not TOML"),
        (GOOD.replace("gear", "gears"), r"permit\.0\.gear: Field required"),
        (GOOD.replace("2026-04-30", "2026-01-30"), "T-1: last 2026-01-30 is before 2026-02-01"),
    ],
)
def test_a_broken_file_of_permits_names_its_fault(tmp_path, text, fault) -> None:
    path = tmp_path / "permits.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SiteFileError, match=fault) as caught:
        load_permits(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_site_may_leave_rules_out(tmp_path, site, make_sighting) -> None:
    folder = shutil.copytree(SHIPPED, tmp_path / "site")
    path = folder / "site.toml"
    head, _, _ = path.read_text(encoding="utf-8").partition("[rules.advised_speed_kn]")
    path.write_text(head, encoding="utf-8")
    bare = load_site(folder)
    left_out = [it.name for it in fields(bare.rule_parameters) if it.default is None]
    assert "still_dugong_h" in left_out
    for name in left_out:
        assert getattr(bare.rule_parameters, name) is None
        assert getattr(site.rule_parameters, name) is not None
    boats = [make_sighting(f"b{n}", ObjectClass.BOAT, IN_CHU_HOI, speed_m_s=9) for n in range(5)]
    crowd = [*boats, make_sighting("d", ObjectClass.DUGONG, IN_CHU_HOI)]
    no_zones = (replace(bare, zones=()), replace(site, zones=()))
    rules = [{verdict.rule for verdict in judge(crowd, place)} for place in no_zones]
    assert rules[1] - rules[0] == {RuleName.BOATS_AROUND_DUGONG}
