"""Zones from other programs: every format, other coordinates, faults that name their feature."""

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import mapping

from patrol.zone_fault_words import FAULT_WORDS
from patrol.zone_geometry import FaultCode, ZoneFault
from patrol.zone_import import Change, plan_import
from patrol.zone_source import ZoneSourceError, read_source
from patrol.zones import ZoneKind

raw = pytest.importorskip("pyogrio").raw

BAY = shapely.box(99.35, 7.18, 99.37, 7.20)  # open sea, away from the shipped zones
UTM = Transformer.from_crs("OGC:CRS84", "EPSG:32647", always_xy=True)
DEFAULTS = {
    "kind": "go_slow",
    "rules": [],
    "citation": "an order",
    "citation_th": "คำสั่ง",
    "jurisdiction": "Trang",
    "binding": "proposal",
    "indicative": True,
}


def write(path, shapes, fields, driver, *, crs="EPSG:4326", kind="Polygon", **more):
    raw.write(
        path,
        np.array([shapely.to_wkb(shape) for shape in shapes], dtype=object),
        [np.array(values, dtype=object) for values in fields.values()],
        list(fields),
        driver=driver,
        geometry_type=kind,
        crs=crs,
        **more,
    )
    return path


def planned(path, site, crs=None):
    return plan_import(read_source(path, crs), site, DEFAULTS, site.zones)


FORMATS = {
    "zones.geojson": "GeoJSON",
    "zones.gpkg": "GPKG",
    "zones.shp": "ESRI Shapefile",
    "zones.kml": "LIBKML",
    "zones.kmz": "LIBKML",
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_zone_is_the_same_from_every_format(tmp_path, site, name) -> None:
    fields = {"zone_id": ["bay"], "name": ["Bay"], "name_th": ["อ่าว"], "jurisdicti": ["Krabi"]}
    path = write(tmp_path / name, [BAY], fields, FORMATS[name])
    plan = planned(path, site)
    assert plan.refused == ()
    (added,) = plan.of(Change.ADDED)
    zone = added.zone
    assert (zone.zone_id, zone.name_th, zone.name_en) == ("bay", "อ่าว", "Bay")
    # a shapefile cuts the names of its fields, so that they are known by their beginnings
    assert (zone.kind, zone.jurisdiction, zone.version) == (ZoneKind.GO_SLOW, "Krabi", 0)
    assert zone.area.symmetric_difference(BAY).area < 1e-9
    assert len(plan.of(Change.NOT_IN_FILE)) == len(site.zones)


def test_a_zipped_shapefile_in_utm_lands_where_it_should(tmp_path, site) -> None:
    metres = shapely.transform(BAY, lambda p: np.column_stack(UTM.transform(p[:, 0], p[:, 1])))
    assert metres.bounds[0] > 500_000
    fields = {"zone_id": ["bay"], "name_en": ["Bay"], "name_th": ["Bay"]}
    path = write(tmp_path / "bay.shp", [metres], fields, "ESRI Shapefile", crs="EPSG:32647")
    packed = tmp_path / "bay.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in tmp_path.glob("bay.*"):
            if part != packed:
                archive.write(part, part.name)
    (added,) = planned(packed, site).of(Change.ADDED)
    assert added.zone.area.symmetric_difference(BAY).area < 1e-9
    for part in ("bay.prj", "bay.zip"):
        (tmp_path / part).unlink()
    with pytest.raises(ZoneSourceError, match=r"does not tell its coordinates.*--crs"):
        read_source(path)
    (added,) = planned(path, site, "EPSG:32647").of(Change.ADDED)
    assert added.zone.area.symmetric_difference(BAY).area < 1e-9


def test_a_track_that_comes_back_is_an_outline_and_another_is_not(tmp_path, site) -> None:
    ring = list(BAY.exterior.coords)
    near = [*ring[:-1], (ring[0][0] + 0.0002, ring[0][1])]  # 22 m from its start
    ways = [shapely.LineString(near), shapely.LineString(ring[:3])]
    fields = {"name": ["Bay", "Half a bay"]}
    path = write(tmp_path / "sailed.gpx", ways, fields, "GPX", kind="LineString", layer="routes")
    plan = planned(path, site)
    assert [it.zone.zone_id for it in plan.of(Change.ADDED)] == ["bay"]
    (refused,) = plan.refused
    assert (refused.feature.layer, refused.feature.number) == ("routes", 2)
    assert refused.label == "half_a_bay"
    assert refused.faults[0].code == "unclosed"
    assert "must come back to within 50 m" in refused.faults[0].text


def geojson(tmp_path, *features, **top):
    path = tmp_path / "zones.geojson"
    document = {"type": "FeatureCollection", "features": list(features), **top}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def feature(geometry, **fields):
    named = {"zone_id": "bay", "name": "Bay"} | fields
    plain = geometry if isinstance(geometry, dict | None) else mapping(geometry)
    return {"type": "Feature", "properties": named, "geometry": plain}


def swapped(area):
    return shapely.transform(area, lambda places: places[:, ::-1])


BOW_TIE = {
    "type": "Polygon",
    "coordinates": [[[99.35, 7.18], [99.37, 7.2], [99.37, 7.18], [99.35, 7.2], [99.35, 7.18]]],
}


@pytest.mark.parametrize(
    ("given", "code", "text"),
    [
        (feature(BOW_TIE), "self_crossing", "at 99.360000, 7.190000"),
        (feature(swapped(BAY)), "swapped_axes", "looks like swapped axes"),
        (feature(shapely.Point(99.36, 7.19)), "not_polygon", "got Point"),
        (feature({"type": "Polygon", "coordinates": []}), "empty", "is empty"),
        (feature(None), "unreadable", "cannot be read"),
        (feature(shapely.box(-179.5, 7, 179.5, 8)), "date_line", "crosses the date line"),
        (feature(shapely.box(103, 7, 103.1, 7.1)), "far_away", "more than 1 degree"),
        (
            feature(shapely.Point(99.36, 7.19).buffer(0.01, quad_segs=3000)),
            "too_many_vertices",
            "at most 10000 points",
        ),
        (feature(BAY, kind="harbour"), "bad_properties", "kind: Input should be 'closed'"),
        (feature(BAY, rules="boat_in_closed_zone"), "wrong_kind", "is for zones of kind closed"),
        (feature(BAY, name=None), "no_name", "has no name"),
        (feature(BAY, zone_id=None, name="อ่าว"), "no_id", "add a field zone_id"),
        (feature(BAY, rules="dugong_sighting, nothing"), "bad_properties", "rules.1"),
        (
            feature(shapely.box(99.35, 7.18, 99.353, 7.183), rules="dugong_sighting"),
            "too_small",
            "at least 50 ha",
        ),
    ],
)
def test_a_fault_names_the_feature(tmp_path, site, given, code, text) -> None:
    good = feature(shapely.box(99.30, 7.18, 99.32, 7.20), zone_id="good", name="Good")
    plan = planned(geojson(tmp_path, good, given), site)
    assert [it.zone.zone_id for it in plan.of(Change.ADDED)] == ["good"]
    (refused,) = plan.refused
    assert refused.feature.number == 2
    (fault,) = refused.faults
    assert fault.code == code
    assert text in fault.text


def test_what_is_the_same_changed_and_missing_is_told(tmp_path, site) -> None:
    first, second, *others = site.zones
    kept = replace(site, zones=tuple(replace(zone, version=3) for zone in site.zones))
    smaller = second.area.intersection(shapely.box(*second.area.bounds).buffer(-0.002))
    path = geojson(
        tmp_path,
        feature(first.area.reverse(), zone_id=first.zone_id, name=None),
        # known by its name alone: rules and sources stay as they are
        feature(smaller, zone_id=None, name=second.name_en, valid_until="2027-01-31"),
    )
    plan = planned(path, kept)
    assert plan.refused == ()
    (same,) = plan.of(Change.SAME)
    assert same.zone == kept.zones[0]
    (changed,) = plan.of(Change.CHANGED)
    assert (changed.zone.zone_id, changed.seen_version) == (second.zone_id, 3)
    assert changed.zone.rules == second.rules
    assert changed.what[0] == "valid_until"
    assert changed.what[1].startswith("outline (")
    assert [it.zone.zone_id for it in plan.of(Change.NOT_IN_FILE)] == [z.zone_id for z in others]


def test_zones_of_a_file_may_not_lie_over_each_other_or_be_told_twice(tmp_path, site) -> None:
    watched = {"rules": "dugong_sighting"}
    over = feature(BAY, zone_id="other", name="Other", **watched)
    plan = planned(geojson(tmp_path, feature(BAY, **watched), over), site)
    assert {fault.code for it in plan.refused for fault in it.faults} == {"overlap"}
    plan = planned(geojson(tmp_path, feature(BAY), feature(BAY)), site)
    assert [fault.code for it in plan.refused for fault in it.faults] == ["same_id"]


def test_a_zone_may_lie_over_those_that_the_file_takes_away(tmp_path, site) -> None:
    first = site.zones[0]
    redrawn = feature(first.area, zone_id="cape", name="Cape", rules="dugong_sighting")
    path = geojson(tmp_path, redrawn)
    assert {fault.code for it in planned(path, site).refused for fault in it.faults} == {"overlap"}
    plan = plan_import(read_source(path), site, DEFAULTS, beside=())
    assert (plan.refused, [it.zone.zone_id for it in plan.of(Change.ADDED)]) == ((), ["cape"])


def test_every_fault_has_words_in_both_languages() -> None:
    assert set(FAULT_WORDS) == set(FaultCode)
    for thai, english in FAULT_WORDS.values():
        assert any("ก" <= sign <= "๛" for sign in thai)
        assert english.isascii()


def test_files_that_are_none(tmp_path, site) -> None:
    for name, content, fault in (
        ("zones.dxf", b"", "must be one of .geojson"),
        ("none.kml", None, "no such file"),
        ("zones.gpkg", b"not a database", "cannot be read"),
        ("zones.kml", b"<kml", "cannot be read"),
        ("zones.geojson", b"{}", "no GeoJSON feature collection"),
        ("zones.json", b'{"features": []}', "holds no outlines"),
    ):
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ZoneSourceError, match=fault):
            read_source(path)
    with pytest.raises(ZoneSourceError, match="'EPSG:1', which is not known"):
        read_source(geojson(tmp_path, feature(BAY)), "EPSG:1")


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"[1]", "no GeoJSON feature collection"),
        (b"[" * 100_000, "no GeoJSON feature collection"),
        (b'{"type": "FeatureCollection", "features": 5}', "no GeoJSON feature collection"),
        ('{"features": []}'.encode("utf-16"), "cannot be read"),
    ],
)
def test_json_that_is_no_collection_is_told_as_that(tmp_path, content, fault) -> None:
    path = tmp_path / "zones.geojson"
    path.write_bytes(content)
    with pytest.raises(ZoneSourceError, match=fault):
        read_source(path)


@pytest.mark.parametrize("odd", [None, 5, [1], "x", {"properties": [1]}, {"geometry": 5}])
def test_one_odd_feature_loses_none_of_the_others(tmp_path, site, odd) -> None:
    plan = planned(geojson(tmp_path, odd, feature(BAY)), site)
    assert [it.zone.zone_id for it in plan.of(Change.ADDED)] == ["bay"]
    (refused,) = plan.refused
    assert (refused.feature.number, refused.faults[0].code) == (1, "unreadable")


def test_geojson_as_windows_programs_and_old_ones_write_it(tmp_path, site) -> None:
    alone = tmp_path / "alone.geojson"
    alone.write_bytes(b"\xef\xbb\xbf" + json.dumps(feature(BAY)).encode())
    for path in (alone, geojson(tmp_path, feature(BAY), crs=None)):
        assert [it.zone.zone_id for it in planned(path, site).of(Change.ADDED)] == ["bay"]


def test_coordinates_that_tell_no_place_are_refused(tmp_path) -> None:
    path = geojson(tmp_path, feature(BAY))
    for heights in ("EPSG:5773", "EPSG:4978"):  # above the geoid; from the centre of the earth
        with pytest.raises(ZoneSourceError, match=f"'{heights}', which is not known"):
            read_source(path, heights)


def test_a_name_with_a_control_character_is_refused(tmp_path, site) -> None:
    (refused,) = planned(geojson(tmp_path, feature(BAY, name="a\x00b")), site).refused
    assert "name_th holds a control character" in refused.faults[0].text


def test_files_in_folders_of_a_zip_are_found(tmp_path, site) -> None:
    west = shapely.transform(BAY, lambda places: places - (0.03, 0))
    packed = tmp_path / "two bays.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for name, area in (("bay", BAY), ("west", west)):
            fields = {"zone_id": [name], "name_en": [name], "name_th": [name]}
            write(tmp_path / f"{name}.shp", [area], fields, "ESRI Shapefile")
            for part in tmp_path.glob(f"{name}.*"):
                archive.write(part, f"เขต ใหม่/{name}/{part.name}")
        archive.writestr("__MACOSX/._bay.shp", b"shadow")
        archive.writestr("read me.txt", b"x")
    added = planned(packed, site).of(Change.ADDED)
    assert [it.zone.zone_id for it in added] == ["bay", "west"]
    empty, torn, many = (tmp_path / f"{name}.zip" for name in ("empty", "torn", "many"))
    with zipfile.ZipFile(empty, "w") as archive:
        archive.writestr("read me.txt", b"x")
    torn.write_bytes(packed.read_bytes()[:200])
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(51):
            archive.writestr(f"{number}.kml", b"")
    for path, fault in (
        (empty, "no file of zones"),
        (torn, "cannot be read"),
        (many, "at most 50"),
    ):
        with pytest.raises(ZoneSourceError, match=fault):
            read_source(path)


def test_a_track_that_paused_is_one_outline(tmp_path, site) -> None:
    ring = list(BAY.exterior.coords)
    inwards = BAY.centroid
    pause = tuple(  # some metres drifted meanwhile
        c + 0.01 * (to - c) for c, to in zip(ring[2], inwards.coords[0], strict=True)
    )
    ways = [
        shapely.MultiLineString([ring[:3], [pause, *ring[3:]]]),
        shapely.MultiLineString([ring[:2], ring[3:]]),  # a whole side is missing
    ]
    fields = {"name": ["Bay", "Half"]}
    path = write(tmp_path / "t.gpx", ways, fields, "GPX", kind="MultiLineString", layer="tracks")
    plan = planned(path, site)
    (added,) = plan.of(Change.ADDED)
    assert added.zone.area.symmetric_difference(BAY).area < BAY.area / 20
    assert [fault.code for each in plan.refused for fault in each.faults] == ["unclosed"]


def test_a_place_that_no_projection_reaches_is_told(tmp_path) -> None:
    path = geojson(tmp_path, feature(shapely.box(0, 0, 1e12, 1e12)))
    (found,) = read_source(path, "EPSG:32647")
    assert isinstance(found.area, shapely.Polygon | ZoneFault)
