"""Zones and land from files: good ones, and broken ones that each name their fault."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import shapely
from shapely.geometry import mapping

from patrol.zone_document import zone_sha256
from patrol.zone_file import SiteFileError, load_land, load_zones, zones_text
from patrol.zones import Binding, RuleName, ZoneKind

SQUARE = [[[99.40, 7.20], [99.41, 7.20], [99.41, 7.21], [99.40, 7.21], [99.40, 7.20]]]
GOOD = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {
                "zone_id": "bay",
                "name_th": "อ่าว",
                "name_en": "Bay",
                "kind": "go_slow",
                "rules": ["boat_in_go_slow_zone"],
                "citation": "a source",
                "citation_th": "แหล่งที่มา",
                "binding": "proposal",
                "jurisdiction": "Trang",
                "indicative": True,
                "valid_from": "2026-01-01",
                "valid_until": None,
            },
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        }
    ],
}


@pytest.fixture
def written(tmp_path: Path):
    def write(document: object) -> Path:
        path = tmp_path / "zones.geojson"
        text = document if isinstance(document, str) else json.dumps(document)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def changed(properties: dict | None = None, geometry: dict | None = None, **top: object) -> dict:
    """The good file with some properties (None removes one), a geometry or members changed."""
    document = deepcopy(GOOD)
    feature = document["features"][0]
    for name, value in (properties or {}).items():
        if value is None:
            del feature["properties"][name]
        else:
            feature["properties"][name] = value
    if geometry is not None:
        feature["geometry"] = geometry
    return document | top


def polygon(*ring: tuple[float, ...]) -> dict:
    return {"type": "Polygon", "coordinates": [[list(point) for point in ring]]}


BOW_TIE = polygon((99.4, 7.2), (99.41, 7.21), (99.41, 7.2), (99.4, 7.21), (99.4, 7.2))


def test_a_zone_is_read_with_all_it_says(written) -> None:
    (zone,) = load_zones(written(GOOD))
    assert (zone.zone_id, zone.name_th, zone.name_en) == ("bay", "อ่าว", "Bay")
    assert zone.kind is ZoneKind.GO_SLOW
    assert zone.rules == {RuleName.BOAT_IN_GO_SLOW_ZONE}
    assert (zone.citation_th, zone.binding) == ("แหล่งที่มา", Binding.PROPOSAL)
    assert (zone.citation, zone.jurisdiction, zone.indicative) == ("a source", "Trang", True)
    assert (zone.valid_from, zone.valid_until) == (date(2026, 1, 1), None)
    assert zone.area.bounds == (99.40, 7.20, 99.41, 7.21)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "MultiPolygon", "coordinates": [SQUARE]},
        polygon((99.4, 7.2, 5.0), (99.41, 7.2, 5.0), (99.41, 7.21, 5.0), (99.4, 7.2, 5.0)),
    ],
    ids=["multipolygon", "with heights"],
)
def test_other_good_geometries(written, geometry) -> None:
    (zone,) = load_zones(written(changed(geometry=geometry)))
    assert zone.area.area > 0
    assert not shapely.has_z(zone.area)


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326"])
def test_wgs84_by_name_is_taken(written, name) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    assert load_zones(written(changed(crs=crs)))


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        ("{", "not JSON at line 1"),
        ("[]", "not a GeoJSON collection"),
        ({"type": "Feature"}, "type: Input should be 'FeatureCollection', got 'Feature'"),
        (changed(features=[]), "features: List should have at least 1 item"),
        (
            changed(crs={"type": "name", "properties": {"name": "EPSG:32647"}}),
            "must be WGS 84.*32647.*export the file again",
        ),
        (changed(crs={}), "must be WGS 84"),
        (changed({"citation_th": None}), r"feature 1 \(bay\): citation_th: Field required"),
        (changed({"binding": None}), r"feature 1 \(bay\): binding: Field required"),
        (changed({"binding": "custom"}), "binding: Input should be 'law' or 'proposal'"),
        (changed({"citation": None}), r"feature 1 \(bay\): citation: Field required"),
        (changed({"citation": "  "}), r"feature 1 \(bay\): citation: String should have at least"),
        (changed({"zone_id": None}), r"feature 1 \(no zone_id\): zone_id: Field required"),
        (changed({"zone_id": "Bay 1"}), "zone_id: String should match pattern.*got 'Bay 1'"),
        (changed({"kind": "harbour"}), "kind: Input should be 'closed'.*got 'harbour'"),
        (changed({"rules": ["no_swimming"]}), r"rules\.0: Input should be.*got 'no_swimming'"),
        (
            changed({"rules": ["boat_in_closed_zone"]}),
            "rule boat_in_closed_zone is for zones of kind closed; this one is go_slow",
        ),
        (
            changed({"rules": ["gear_in_no_fishing_zone"]}),
            "is for zones of kind closed or no_fishing; this one is go_slow",
        ),
        (changed({"indicative": "perhaps"}), "indicative: Input should be a valid boolean"),
        (changed({"speed_kn": 5}), "speed_kn: Extra inputs are not permitted, got '5'"),
        (changed({"valid_until": "2025-12-31"}), "2025-12-31 is before valid_from 2026-01-01"),
        (changed({"valid_from": "1 May"}), "valid_from: Input should be a valid date"),
        (changed(geometry={"type": "Point", "coordinates": [99.4, 7.2]}), "got Point"),
        (changed(geometry={"type": "Polygon", "coordinates": []}), "must be a Polygon"),
        (changed(geometry={"type": "Polygon"}), "geometry cannot be read"),
        (changed(geometry={"type": "Square", "coordinates": SQUARE}), "geometry cannot be read"),
        (changed(geometry={}), "geometry cannot be read"),
        (changed(geometry=polygon((99.4, 7.2), (99.41, 7.2))), "geometry cannot be read"),
        (
            changed(geometry=polygon((7.2, 99.4), (7.2, 99.41), (7.21, 99.41), (7.2, 99.4))),
            "this looks like swapped axes",
        ),
        (
            changed(geometry=polygon((543000, 799000), (544000, 799000), (544000, 800000))),
            "or is it in metres",
        ),
        (
            changed(geometry=BOW_TIE),
            "outline is invalid: Self-intersection at 99.405000, 7.205000: it crosses",
        ),
        (
            changed(geometry=polygon((99.4, 7.2), (99.41, 7.2), (99.41, 7.21), (99.4, 7.21))),
            r"must end where it begins; it begins at \[99.4, 7.2\] and ends at \[99.4, 7.21\]",
        ),
        (
            changed(geometry=polygon((-179, 7), (179, 7), (179, 8), (-179, 8), (-179, 7))),
            "from -179 to 179 degrees of longitude, so it crosses the date line",
        ),
        (
            changed(geometry=mapping(shapely.Point(99.4, 7.2).buffer(0.05, quad_segs=2600))),
            "at most 10000 points; got 10401: simplify it",
        ),
        (changed({"seasons": [{"first": "02-30", "last": "03-01"}]}), "a month and day like 05-31"),
        (changed({"hours": [{"first": "18:00", "last": "18:00"}]}), "first and last must differ"),
        (changed({"hours": [{"first": "18:00:30", "last": "19:00"}]}), "hours and minutes"),
        (changed({"tide": {}}), "name above_m or below_m"),
        (changed({"tide": {"above_m": 1, "below_m": 0}}), "above_m must be less than below_m"),
        (changed({"advised_speed": {"knots": 6}}), "advised_speed.citation: Field required"),
        (
            changed({"advised_speed": {"knots": 300, "citation": "x"}}),
            "knots: Input should be less than or equal to 60",
        ),
        (
            changed(geometry=polygon((99.4, 7.2), (99.41, float("nan")), (99.41, 7.21))),
            "not JSON: a number must be finite; got NaN",
        ),
    ],
)
def test_a_broken_file_names_its_fault(written, document, fault) -> None:
    path = written(document)
    with pytest.raises(SiteFileError, match=fault) as caught:
        load_zones(path)
    assert str(caught.value).startswith(f"{path}: ")


def test_an_id_used_twice_names_the_second(written) -> None:
    document = deepcopy(GOOD)
    document["features"] *= 2
    with pytest.raises(SiteFileError, match=r"feature 2 \(bay\): the zone_id is used twice"):
        load_zones(written(document))


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(SiteFileError, match="cannot be read: No such file"):
        load_zones(tmp_path / "none.geojson")
    latin = tmp_path / "latin.geojson"
    latin.write_bytes(b'{"name": "\xe9"}')
    with pytest.raises(SiteFileError, match="not UTF-8 text at byte 10"):
        load_zones(latin)


def test_land_is_one_geometry_of_all_parts(written) -> None:
    multi = {"type": "MultiPolygon", "coordinates": [SQUARE]}
    feature = {"type": "Feature", "properties": {}, "geometry": multi}
    other = {"type": "Feature", "properties": {}, "geometry": polygon((1, 1), (2, 1), (2, 2))}
    land = load_land(written({"type": "FeatureCollection", "features": [feature, other]}))
    assert len(land.geoms) == 2
    with pytest.raises(SiteFileError, match="feature 1: the geometry must be"):
        load_land(
            written(changed(geometry={"type": "LineString", "coordinates": [[1, 1], [2, 2]]}))
        )


def watched(zone_id: str, west: float, south: float, east: float, north: float) -> dict:
    """A zone with the rule dugong_sighting, as a feature."""
    feature = deepcopy(GOOD["features"][0])
    feature["properties"] |= {"zone_id": zone_id, "rules": ["dugong_sighting"]}
    feature["geometry"] = polygon((west, south), (east, south), (east, north), (west, north))
    feature["geometry"]["coordinates"][0].append([west, south])
    return feature


@pytest.mark.parametrize(
    ("boxes", "fault"),
    [
        ([(99.40, 7.20, 99.41, 7.21)], None),  # 122 ha
        ([(99.40, 7.20, 99.406, 7.206)], r"\(z0\): .*at least 50 ha.*got 44\.2 ha"),
        ([(99.40, 7.20, 99.48, 7.203)], r"\(z0\): .*a circle 400 m across.*narrower"),
        ([(99.40, 7.20, 99.41, 7.21), (99.41, 7.20, 99.42, 7.21)], None),
        ([(99.40, 7.20, 99.41, 7.21), (99.409995, 7.20, 99.42, 7.21)], None),  # rounded
        (
            [(99.40, 7.20, 99.41, 7.21), (99.409, 7.20, 99.42, 7.21)],
            r"feature 2 \(z1\): overlaps z0 by 12\.3 ha",
        ),
    ],
)
def test_zones_that_would_pin_an_animal_down_are_refused(written, boxes, fault) -> None:
    features = [watched(f"z{number}", *box) for number, box in enumerate(boxes)]
    path = written({"type": "FeatureCollection", "features": features})
    if fault is None:
        assert len(load_zones(path)) == len(boxes)
    else:
        with pytest.raises(SiteFileError, match=fault):
            load_zones(path)
    for feature in features:  # without the rule the public learns nothing from them
        feature["properties"]["rules"] = []
    assert load_zones(written({"type": "FeatureCollection", "features": features}))


def test_a_zone_with_holes_times_and_a_speed_is_written_as_it_is_read(written, tmp_path) -> None:
    hole = [[99.402, 7.202], [99.402, 7.204], [99.404, 7.204], [99.404, 7.202], [99.402, 7.202]]
    far = [[[x + 0.02, y] for x, y in ring] for ring in SQUARE]
    more = {
        "seasons": [{"first": "11-01", "last": "04-30"}],
        "hours": [{"first": "18:00", "last": "06:00"}],
        "tide": {"above_m": None, "below_m": 0.5},
        "advised_speed": {"knots": 6, "citation": "a source"},
    }
    area = {"type": "MultiPolygon", "coordinates": [[*SQUARE, hole], far]}
    (zone,) = load_zones(written(changed(more, geometry=area)))
    assert len(zone.area.geoms) == 2
    assert not zone.area.contains(shapely.Point(99.403, 7.203))
    again = tmp_path / "again.geojson"
    again.write_text(zones_text([zone]), encoding="utf-8")
    (read,) = load_zones(again)
    assert read.area.equals(zone.area)
    assert replace(read, area=zone.area) == zone
    assert zone_sha256(read) == zone_sha256(zone)
    assert zone_sha256(replace(zone, name_en="Bay 2")) != zone_sha256(zone)
    assert zone_sha256(replace(zone, version=7)) == zone_sha256(zone)
