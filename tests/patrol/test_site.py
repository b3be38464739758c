"""The shipped site as it is, and site folders that are broken."""

import json
import os
import shutil
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import shapely
from shapely.geometry import shape

import patrol.site
from patrol.site import load_site, shipped_site
from patrol.zone_file import SiteFileError
from patrol.zones import RuleName, ZoneKind

SHIPPED = Path(patrol.site.__file__).parent / "sites" / "koh_libong"


def test_the_shipped_site_is_what_its_folder_says(site) -> None:
    assert site == load_site(SHIPPED)
    assert (site.site_id, site.name_th, site.name_en) == ("koh_libong", "เกาะลิบง", "Koh Libong")
    assert site.reference.timezone == ZoneInfo("Asia/Bangkok")
    assert site.reference.sea_level_ellipsoid_m == -19.8
    assert site.reference.launch_height_sigma_m >= 1.0
    parameters = site.rule_parameters
    assert parameters.boat_near_dugong_m == 100
    assert "not Thai law" in parameters.boat_near_dugong_citation
    assert parameters.status_days == 15
    assert "NOAA" in parameters.status_days_citation


def test_the_shipped_zones_are_indicative_and_say_so(site) -> None:
    kinds = {zone.zone_id: zone.kind for zone in site.zones}
    assert kinds == {
        "laem_chu_hoi": ZoneKind.CLOSED,
        "chu_hoi_seagrass": ZoneKind.GO_SLOW,
        "mod_tanoi_bay": ZoneKind.GO_SLOW,
        "hat_yao_channel": ZoneKind.TOUR_ROUTE,
        "ko_muk_east": ZoneKind.GO_SLOW,
    }
    for zone in site.zones:
        assert zone.indicative
        assert "The outline is indicative" in zone.citation
        assert RuleName.DUGONG_SIGHTING in zone.rules


def test_the_shipped_zones_lie_on_water(site) -> None:
    for zone in site.zones:
        on_land = zone.area.intersection(site.coast).area / zone.area.area
        assert on_land < 0.01, zone.zone_id


def test_the_shipped_zones_lie_on_water_by_the_finer_coast_too(site) -> None:
    folder = os.environ.get("LIBONG_FIELD_DATA")
    if not folder:
        pytest.skip("LIBONG_FIELD_DATA names no folder with the finer coast")
    fine = json.loads((Path(folder) / "site" / "trang_coast.geojson").read_text())
    land = shapely.union_all([shape(feature["geometry"]) for feature in fine["features"]])
    for zone in site.zones:
        assert zone.area.intersection(land).area / zone.area.area < 0.02, zone.zone_id


def test_the_shipped_zones_do_not_overlap(site) -> None:
    for one, other in combinations(site.zones, 2):
        shared = one.area.intersection(other.area).area
        assert shared / min(one.area.area, other.area.area) < 1e-3, (one.zone_id, other.zone_id)


def test_the_zones_lie_where_their_names_say(site) -> None:
    by_id = {zone.zone_id: zone.area for zone in site.zones}
    for zone_id, lon, lat in (
        ("laem_chu_hoi", 99.456, 7.256),
        ("chu_hoi_seagrass", 99.440, 7.275),
        ("mod_tanoi_bay", 99.412, 7.303),
        ("hat_yao_channel", 99.402, 7.285),
        ("ko_muk_east", 99.309, 7.370),
    ):
        assert by_id[zone_id].contains(shapely.Point(lon, lat)), zone_id


def test_the_coast_is_small_attributed_and_shows_the_island(site) -> None:
    text = (SHIPPED / "coast.geojson").read_text()
    assert len(text) < 25_000
    assert "Royal Thai Survey Department via HDX COD-AB-THA" in json.loads(text)["attribution"]
    assert site.coast.is_valid
    assert site.coast.contains(shapely.Point(99.38, 7.24))  # Ko Libong
    assert site.coast.contains(shapely.Point(99.295, 7.37))  # Ko Muk
    assert not site.coast.contains(shapely.Point(99.35, 7.30))


def test_a_site_that_is_not_shipped_is_refused_with_those_that_are() -> None:
    with pytest.raises(SiteFileError, match="no site 'atlantis' is shipped; there are: koh_libong"):
        shipped_site("atlantis")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(SHIPPED, tmp_path / "site")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[site]", "[site", "not TOML"),
        ("Asia/Bangkok", "Asia/Libong", "site.timezone: no time zone 'Asia/Libong'"),
        ("Asia/Bangkok", "../etc", "site.timezone: no time zone"),
        ('name_th = "เกาะลิบง"', "", r"site\.name_th: Field required"),
        ("ellipsoid_m = -19.8", "ellipsoid_m = -1980", r"sea_level\.ellipsoid_m: .*got '-1980'"),
        ("sigma_m = 1.5", "sigma_m = 0", r"launch\.sigma_m: Input should be greater than 0"),
        ("value = 100", 'value = "far"', r"rules\.boat_near_dugong_m\.value: .*got 'far'"),
        ("value = 15", "value = 0", r"rules\.status_days\.value: "),
        ("value = 0.8", "value = 80", r"rules\.auto_status_min_score\.value: "),
        ("[rules.status_days]", "[rules.status_day]", r"rules\.status_days: Field required"),
        ("[launch]", "[launch]\nboat = 1", r"launch\.boat: Extra inputs are not permitted"),
    ],
)
def test_a_broken_site_file_names_its_fault(folder, old, new, fault) -> None:
    path = folder / "site.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(SiteFileError, match=fault) as caught:
        load_site(folder)
    assert str(caught.value).startswith(f"{path}: ")


def test_a_rule_without_its_source_is_refused(folder) -> None:
    path = folder / "site.toml"
    head, _, _ = path.read_text().partition("[rules.survey_min_fraction]")
    path.write_text(f"{head}[rules.survey_min_fraction]\nvalue = 0.25\n")
    with pytest.raises(SiteFileError, match=r"survey_min_fraction\.citation: Field required"):
        load_site(folder)


def test_an_unknown_sea_level_may_be_left_out(folder) -> None:
    path = folder / "site.toml"
    path.write_text(path.read_text().replace("ellipsoid_m = -19.8", ""))
    assert load_site(folder).reference.sea_level_ellipsoid_m is None


@pytest.mark.parametrize("name", ["site.toml", "zones.geojson", "coast.geojson"])
def test_a_missing_file_is_named(folder, name) -> None:
    (folder / name).unlink()
    with pytest.raises(SiteFileError, match=rf"{name}: cannot be read"):
        load_site(folder)


def test_axes_swapped_where_both_fit_are_found_by_the_coast(folder) -> None:
    path = folder / "zones.geojson"
    document = json.loads(path.read_text())
    ring = [[7.25, 40.0], [7.27, 40.0], [7.27, 40.02], [7.25, 40.0]]
    document["features"][1]["geometry"] = {"type": "Polygon", "coordinates": [ring]}
    path.write_text(json.dumps(document))
    with pytest.raises(SiteFileError, match=r"chu_hoi_seagrass.*coast.*axes swapped"):
        load_site(folder)
