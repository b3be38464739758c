"""What is exported comes back exactly, by our own reader and by those of labelling tools."""

import csv
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.labels.changes import Annotator, changes
from detection.labels.errors import LabelError
from detection.labels.folder import LabelFormat, picture_name, read_labels, write_labels
from detection.labels.label import LabelledFlight, Undecided, Verdict
from detection.labels.picture_name import picture_named
from detection.labels.sheet import Sheet
from detection.labels.tool_box import CLASSES, ToolBox
from detection.labels.tool_export import read_tool_export
from detection.labels.yolo import read_yolo, yolo_line
from detection.types import ObjectClass
from ingest.picture import PictureSize

from .conftest import AT, MODEL

DUGONG, BOAT, GEAR = ObjectClass
AGAIN = Annotator("officer", AT)
GIVEN = AT + timedelta(microseconds=250_001)


@pytest.fixture
def flights(make_flight, make_frame, make_label):
    undecided = Undecided("d7", GEAR, (1.0, 2.0, 3.0, 4.0), MODEL)
    labels = (
        make_label("d0"),
        make_label("d1", BOAT, (100.1, 200.2, 300.3, 1 / 3 + 400)),
        make_label("d2", DUGONG, (5.0, 5.0, 9.0, 9.0), Verdict.FALSE_ALARM),
        make_label("b1", GEAR, (0.0, 0.0, 4000.0, 3000.0), Verdict.WITHDRAWN, model_sha256=None),
    )
    reviewed = make_frame("x", *labels, complete=False, undecided=(undecided,))
    of_two = (LabelledFlight("f1", (reviewed, make_frame("y"))), make_flight("f2", (GEAR,)))
    return tuple(
        replace(f, frames=tuple(replace(x, exported_at_utc=GIVEN) for x in f.frames))
        for f in of_two
    )


def original(sha256):
    return sha256.encode()


def sizes(flights):
    known = {x.sha256: PictureSize(x.width_px, x.height_px) for f in flights for x in f.frames}
    return known.get


@pytest.mark.parametrize("label_format", LabelFormat)
def test_the_folder_comes_back_exactly(tmp_path, flights, label_format):
    write_labels(flights, tmp_path / "out", original, label_format)
    assert read_labels(tmp_path / "out") == flights
    for flight in flights:
        for frame in flight.frames:
            kept = tmp_path / "out" / flight.flight_id / "images" / picture_name(frame)
            assert kept.read_bytes() == original(frame.sha256)


@pytest.mark.parametrize("label_format", LabelFormat)
@pytest.mark.parametrize("packed", [False, True])
def test_boxes_that_a_tool_left_alone_change_nothing(tmp_path, flights, label_format, packed):
    write_labels(flights, tmp_path / "out", original, label_format)
    for file in chain(*(tmp_path.glob(f"out/*/{name}") for name in ("frames.json", "images"))):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    path = tmp_path / "out"
    if packed:
        path = tmp_path / "out.zip"
        shutil.make_archive(str(tmp_path / "out"), "zip", tmp_path / "out")
    found = read_tool_export(path, sizes(flights))
    frames = {frame.sha256: frame for flight in flights for frame in flight.frames}
    assert found.keys() == frames.keys()
    for sha256, frame in found.items():
        assert frame.exported_at_utc == GIVEN
        same = changes(frames[sha256], frame.boxes, AGAIN, complete=False, given_at_utc=GIVEN)
        assert (same.labels, same.left) == ((), 0)


box = st.tuples(
    st.floats(0, 3000), st.floats(0, 2000), st.floats(0.5, 1000), st.floats(0.5, 1000)
).map(lambda v: (v[0], v[1], v[0] + v[2], v[1] + v[3]))


@given(xyxy_px=box, object_class=st.sampled_from(ObjectClass))
def test_a_yolo_line_gives_the_box_back_to_a_thousandth_of_a_pixel(xyxy_px, object_class):
    line = yolo_line(ToolBox(object_class, xyxy_px), 4000, 3000)
    (back,) = read_yolo([line], Sheet(4000, 3000), source="x")
    assert back.object_class is object_class
    assert back.xyxy_px == pytest.approx(xyxy_px, abs=1e-3)


def test_false_alarms_are_listed_apart_and_are_no_boxes(tmp_path, flights):
    write_labels(flights, tmp_path / "out", original, LabelFormat.COCO)
    text = (tmp_path / "out" / "negatives.csv").read_text()
    rows = list(csv.DictReader(text.splitlines()))
    assert [(r["flight"], r["taken_for"], r["left_px"], r["role"]) for r in rows] == [
        ("f1", "dugong", "5.0", "officer")
    ]
    document = json.loads((tmp_path / "out" / "f1" / "annotations.json").read_text())
    names = {c["id"]: c["name"] for c in document["categories"]}
    assert [names[a["category_id"]] for a in document["annotations"]] == ["dugong", "boat"]
    assert not any(a["iscrowd"] for a in document["annotations"])


def test_a_folder_with_something_in_it_is_not_written_to(tmp_path, flights):
    (tmp_path / "mine.txt").write_text("x")
    with pytest.raises(LabelError, match="empty folder"):
        write_labels(flights, tmp_path, original, LabelFormat.YOLO)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_without_labels_a_damaged_one_and_a_lost_picture_are_refused(tmp_path, flights):
    with pytest.raises(LabelError, match="libong labels export --to"):
        read_labels(tmp_path)
    write_labels(flights, tmp_path / "out", original, LabelFormat.YOLO)
    picture = next((tmp_path / "out" / "f1" / "images").iterdir())
    picture.unlink()
    with pytest.raises(LabelError, match="is missing"):
        read_labels(tmp_path / "out")
    (tmp_path / "out" / "f1" / "frames.json").write_text('{"flight_id": "f1"}')
    with pytest.raises(LabelError, match="not as it was exported"):
        read_labels(tmp_path / "out")


SHA = "ab" * 32
YOLO_LINE = "1 0.5 0.5 0.1 0.1\n"
OURS = PictureSize(4000, 3000)
NOTES = json.dumps({"categories": [{"id": 0, "name": "boat"}], "info": {"year": 2026}})
ONE_BOAT = (ToolBox(BOAT, (1800.0, 1350.0, 2200.0, 1650.0)),)


def only_ours(sha256):
    return OURS if sha256 == SHA else None


def coco(name, category="boat", bbox=(1800, 1350, 400, 300), width=4000, height=3000):
    return json.dumps(
        {
            "info": {},
            "images": [{"id": 3, "file_name": name, "width": width, "height": height}],
            "annotations": [
                {"id": 1, "image_id": 3, "category_id": 9, "bbox": bbox,
                 "segmentation": [], "attributes": {"occluded": False}},
            ],
            "categories": [{"id": 9, "name": category, "supercategory": ""}],
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        # CVAT: folders before the name, and categories numbered from 1
        ({"annotations/instances_default.json": coco(f"f1/images/{SHA}.jpg")}, ONE_BOAT),
        # Label Studio: a word before the name, a byte order mark, another spelling
        ({"result.json": "\ufeff" + coco(f"images/1a2b3c4d-{SHA}.JPG", "Boat")}, ONE_BOAT),
        ({f"labels/9f8e7d6c-{SHA}.txt": YOLO_LINE}, ONE_BOAT),
        ({"obj_train_data/x/" + SHA + ".txt": YOLO_LINE, "obj.names": "boat\ndugong\n"},
         (ToolBox(DUGONG, ONE_BOAT[0].xyxy_px),)),
        ({f"{SHA}.txt": YOLO_LINE, "classes.txt": "Fishing gear\nBoat\n"}, ONE_BOAT),
        ({f"{SHA}.txt": YOLO_LINE, "data.yaml": "names:\n  0: dugong\n  1: boat\npath: .\n"},
         ONE_BOAT),
        ({f"{SHA}.txt": YOLO_LINE, "data.yaml": "nc: 2\nnames: ['dugong', 'boat']\n"}, ONE_BOAT),
        ({f"{SHA}.txt": YOLO_LINE, "data.yaml": "names:\n- boat\n- fishing_gear\n"},
         (ToolBox(GEAR, ONE_BOAT[0].xyxy_px),)),
        ({f"{SHA}.txt": ""}, ()),
        # Label Studio's YOLO: classes in the order of the alphabet, notes, and a word before names
        ({f"labels/9f8e7d6c-{SHA}.txt": YOLO_LINE, "classes.txt": "boat\ndugong\nfishing_gear\n",
          "notes.json": NOTES}, (ToolBox(DUGONG, ONE_BOAT[0].xyxy_px),)),
        # other JSON beside YOLO and beside COCO, whole or not
        ({f"{SHA}.txt": YOLO_LINE, "a.json": "[]", "b.json": "{", "c.JSON": "\x00"}, ONE_BOAT),
        ({"result.json": coco(SHA), "notes.json": NOTES}, ONE_BOAT),
        # other names of what numbers the classes
        ({f"{SHA}.txt": "0 0.5 0.5 0.1 0.1\n", "data.yml": "names: [boat, dugong]\n"}, ONE_BOAT),
        ({f"{SHA}.txt": "0 0.5 0.5 0.1 0.1\n", "sea.yaml": "names: [boat]\n", "x.yaml": "a: 1\n",
          "Classes.TXT": "Boat\n"}, ONE_BOAT),
        # COCO of a smaller copy
        ({"a.json": coco(SHA, bbox=(900, 675, 200, 150), width=2000, height=1500)}, ONE_BOAT),
        # drawn to beyond the edge by a rounding
        ({"a.json": coco(SHA, bbox=(3600, 0, 401, 300))},
         (ToolBox(BOAT, (3600.0, 0.0, 4000.0, 300.0)),)),
        # a time that is none tells nothing
        ({f"{SHA}-20261399t999999999999z.txt": YOLO_LINE}, ONE_BOAT),
    ],
)  # fmt: skip
def test_exports_as_tools_write_them_are_read(tmp_path, files, expected):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = read_tool_export(tmp_path, only_ours)
    assert found.keys() == {SHA}
    assert found[SHA].exported_at_utc is None
    boxes = found[SHA].boxes
    assert [b.object_class for b in boxes] == [b.object_class for b in expected]
    for ours, theirs in zip(boxes, expected, strict=True):
        assert ours.xyxy_px == pytest.approx(theirs.xyxy_px)


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({f"{SHA}.txt": "1 0.5 0.5 0.1\n"}, "line 1: a line must be a class"),
        ({f"{SHA}.txt": "1 0.1 0.1 0.2 0.2 0.3 0.3\n"}, "not outlines"),
        ({f"{SHA}.txt": "3 0.5 0.5 0.1 0.1\n"}, "names class 3; there are 3"),
        ({f"{SHA}.txt": "1 1800 1350 400 300\n"}, "not pixels"),
        ({f"{SHA}.txt": "1 0.5 0.5 0 0.1\n"}, "a width and a height above 0"),
        ({f"{SHA}.txt": YOLO_LINE, "classes.txt": "boat\nwhale\n"}, "class 'whale'"),
        ({f"{SHA}.txt": YOLO_LINE, "data.yaml": "path: .\n"}, "under `names:`"),
        ({"a.json": coco(SHA, "whale")}, "class 'whale'"),
        (
            {"a.json": "[]"},
            "images, annotations and categories.* YOLO .*no COCO document is a.json",
        ),
        ({"notes.json": NOTES}, "no COCO document is notes.json"),
        (
            {
                f"{SHA}.txt": YOLO_LINE,
                "classes.txt": "boat\n",
                "data.yaml": "names: [dugong, boat]\n",
            },
            "classes.txt and data.yaml number the classes differently",
        ),
        ({"a.json": coco(SHA, bbox=(3900, 0, 400, 300))}, "outside its picture of 4000 x 3000"),
        ({"a.json": coco(SHA, width=4000, height=2000)}, "told to be 4000 x 2000 pixels"),
        ({f"{SHA}.txt": "1 0.95 0.5 0.4 0.1\n"}, "line 1: the box .* outside its picture"),
        (
            {"a.json": coco(SHA).replace('"image_id": 3', '"image_id": 4')},
            "image 4 is not in",
        ),
        ({"a.json": coco(SHA), "b.json": coco(SHA)}, "a second time"),
        ({"a.json": coco("holiday.jpg")}, "no labels of pictures that are in the store"),
        ({"a.json": coco("cd" * 32)}, "no labels of pictures that are in the store"),
        ({}, "no labels of pictures"),
    ],
)
def test_what_is_no_export_of_our_pictures_is_refused_with_the_reason(tmp_path, files, fault):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(LabelError, match=fault):
        read_tool_export(tmp_path, only_ours)


TURNED = {
    3: (2600, 2300, 400, 300),
    6: (2300, 1000, 300, 400),
    8: (400, 2600, 300, 400),
}


@pytest.mark.parametrize(("orientation", "bbox"), TURNED.items())
def test_a_box_drawn_on_a_turned_picture_is_kept_as_the_picture_is_stored(
    tmp_path, orientation, bbox
):
    wide, high = (4000, 3000) if orientation == 3 else (3000, 4000)
    of_turned = {SHA: PictureSize(4000, 3000, orientation)}.get
    (tmp_path / "a.json").write_text(coco(SHA, bbox=bbox, width=wide, height=high))
    found = read_tool_export(tmp_path, of_turned, as_shown=orientation == 3)
    assert found[SHA].boxes == (ToolBox(BOAT, (1000.0, 400.0, 1400.0, 700.0)),)
    (tmp_path / "a.json").unlink()
    left, top, width, height = bbox
    shares = (left + width / 2) / wide, (top + height / 2) / high, width / wide, height / high
    (tmp_path / f"{SHA}.txt").write_text(f"1 {' '.join(map(str, shares))}\n")
    (box,) = read_tool_export(tmp_path, of_turned, as_shown=True)[SHA].boxes
    assert box.xyxy_px == pytest.approx((1000.0, 400.0, 1400.0, 700.0))
    (box,) = read_tool_export(tmp_path, of_turned)[SHA].boxes
    assert box.xyxy_px != pytest.approx((1000.0, 400.0, 1400.0, 700.0))


@pytest.mark.parametrize(
    ("time", "told"),
    [
        ("20261128t230512345678z", datetime(2026, 11, 28, 23, 5, 12, 345678, UTC)),
        ("20261128t2305123", datetime(2026, 11, 28, 23, 5, 12, 300000, UTC)),
        ("20261128t23051", datetime(2026, 11, 28, 23, 5, 10, tzinfo=UTC)),
        ("20261128t230", datetime(2026, 11, 28, 23, tzinfo=UTC)),
        ("20261128t", None),
        ("20261128t99", None),
    ],
)
def test_a_time_that_a_tool_cut_is_the_earliest_it_may_be(time, told):
    named = picture_named(f"upload/1/1a2b3c4d-{SHA}-{time}.jpg")
    assert (named.sha256, named.exported_at_utc) == (SHA, told)


def test_what_macos_adds_to_a_zip_is_passed_over(tmp_path):
    with ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(f"labels/{SHA}.txt", YOLO_LINE)
        archive.writestr(f"__MACOSX/labels/._{SHA}.txt", b"\xff\x00")
    assert read_tool_export(tmp_path / "a.zip", only_ours).keys() == {SHA}


def test_an_export_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(LabelError, match="is not there"):
        read_tool_export(tmp_path / "nowhere.zip", lambda _: None)


def test_the_classes_are_those_of_the_model_in_its_order():
    assert tuple(ObjectClass) == CLASSES
