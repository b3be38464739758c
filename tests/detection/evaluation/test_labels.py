"""Labels in every format, whole and broken."""

import csv
import io
import json
import re

import cv2
import numpy as np
import pytest

from detection.evaluation.class_names import ClassNameError, ClassNames
from detection.evaluation.dataset import ReadingRules, read_labelled
from detection.evaluation.labels import LabelFormat
from detection.labels.errors import LabelError
from detection.types import ObjectClass

DUGONG, BOAT, GEAR = ObjectClass


@pytest.fixture
def flight(tmp_path):
    """Two pictures of 200 x 100 pixels in the folder `flight`; returns the folder above."""
    for name in ("a.jpg", "b.png"):
        write_picture(tmp_path / "flight" / name)
    return tmp_path


def write_picture(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed + len(path.name)).integers(0, 255, (100, 200, 3))
    assert cv2.imwrite(str(path), pixels.astype(np.uint8))


def read(root, **rules):
    return read_labelled(root, ReadingRules(**rules))


def truths(root, **rules):
    """Class, box and the rest of every truth, by picture."""
    return {
        p.path.name: [
            (t.object_class, t.xyxy_px, t.object_id, t.visibility, t.fair) for t in p.truths
        ]
        for f in read(root, **rules).flights
        for p in f.pictures
    }


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")


# ---------------------------------------------------------------------------------------- YOLO

LINE = "0 0.5 0.5 0.2 0.4\n"
BOX = (80.0, 30.0, 120.0, 70.0)


@pytest.mark.parametrize("place", ["flight/a.txt", "flight/labels/a.txt"])
def test_yolo_files_lie_beside_the_picture_or_in_labels(flight, place):
    write(flight / place, LINE)
    write(flight / "classes.txt", "Dugong\nlong-tail boat\n")
    assert truths(flight) == {"a.jpg": [(DUGONG, pytest.approx(BOX), None, None, True)]}


def test_yolo_files_lie_where_ultralytics_looks(tmp_path):
    write_picture(tmp_path / "images" / "day1" / "a.jpg")
    write(tmp_path / "labels" / "day1" / "a.txt", LINE)
    write(tmp_path / "data.yaml", "path: .\nnames:\n  0: boat  # of any kind\n  1: dugong\n")
    (found,) = read(tmp_path).flights
    assert found.name == "day1"
    assert found.pictures[0].truths[0].object_class is BOAT


@pytest.mark.parametrize(
    "names",
    [
        "names: [boat, 'dugong']\n",
        "nc: 2\nnames:\n- boat\n- dugong\n",
        "names:\n  1: dugong\n  0: boat\n",
        "names: {0: boat, 1: 'dugong'}\nnc: 2\n",
    ],
)
def test_ways_to_write_names_in_yaml(flight, names):
    write(flight / "data.yaml", names)
    write(flight / "flight" / "a.txt", "1 0.5 0.5 0.2 0.4\n0 0.5 0.5 0.2 0.4\n")
    assert [t[0] for t in truths(flight)["a.jpg"]] == [DUGONG, BOAT]


def test_yolo_polygons_and_points(flight):
    write(flight / "classes.txt", "net")
    write(flight / "flight" / "a.txt", "0 0.1 0.2 0.5 0.3 0.3 0.9\n0 0.25 0.5 0 0\n")
    outline, point = read(flight).flights[0].pictures[0].truths
    assert outline.xyxy_px == pytest.approx((20, 20, 100, 90))
    assert point.is_point
    assert point.xyxy_px == (50, 50, 50, 50)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0 0.5 0.5 0.2\n", "line 1: a line must be a class, then x, y, width and height"),
        ("0 0.5 0.5 0.2 0.4 0.9 0.1 0.2\n", "line 1: a line must be"),
        ("boat 0.5 0.5 0.2 0.4\n", "YOLO labels are numbers"),
        ("\n0 0.5 0.5 20 40\n", r"line 2: numbers must be shares of the picture's sides"),
        ("0 nan 0.5 0.2 0.4\n", "shares of the picture's sides"),
        ("0 0.5 0.5 0 0.4\n", "left < right and top < bottom"),
        ("0 0.9 0.5 0.9 0.4\n", "lies outside its picture of 200 x 100 pixels"),
        ("7 0.5 0.5 0.2 0.4\n", "class 7 has no name; 1 are named"),
    ],
)
def test_broken_yolo_files_are_refused_by_line(flight, text, message):
    write(flight / "classes.txt", "boat")
    write(flight / "flight" / "a.txt", text)
    with pytest.raises(LabelError, match=message):
        read(flight)


def test_numbers_without_names_mean_nothing_until_they_are_mapped(flight):
    write(flight / "flight" / "a.txt", LINE)
    with pytest.raises(ClassNameError, match="--map '0=boat'"):
        read(flight)
    assert [t[0] for t in truths(flight, names=ClassNames.parse(["0=dugong"]))["a.jpg"]] == [DUGONG]


def test_a_split_of_a_data_set_is_named_by_the_file_above_it(tmp_path):
    write_picture(tmp_path / "set" / "valid" / "images" / "a.jpg")
    write(tmp_path / "set" / "valid" / "labels" / "a.txt", LINE)
    write(tmp_path / "set" / "data.yaml", "train: train/images\nnames: ['Dugong']\n")
    assert [t[0] for t in truths(tmp_path / "set" / "valid")["a.jpg"]] == [DUGONG]


def test_an_empty_file_says_that_nothing_is_there(flight):
    write(flight / "flight" / "a.txt", "")
    assert truths(flight) == {"a.jpg": []}


# ----------------------------------------------------------------------------------------- VIA


def via(*regions, start="filename,file_size,file_attributes,region_count,region_id"):
    """A table as the VGG Image Annotator saves it; a region is its picture, shape and names."""
    file = io.StringIO()
    rows = csv.writer(file)
    rows.writerow([*start.split(","), "region_shape_attributes", "region_attributes"])
    for number, (picture, shape, names) in enumerate(regions):
        rows.writerow([picture, 9, "{}", len(regions), number, json.dumps(shape), names])
    return file.getvalue()


RECT = {"name": "rect", "x": 80, "y": 30, "width": 40, "height": 40}


@pytest.mark.parametrize(
    ("shape", "box"),
    [
        (RECT, BOX),
        ({"name": "circle", "cx": 100, "cy": 50, "r": 20}, BOX),
        ({"name": "ellipse", "cx": 100, "cy": 50, "rx": 20, "ry": 20}, BOX),
        (
            {"name": "polygon", "all_points_x": [80, 120, 90], "all_points_y": [40, 70, 30]},
            BOX,
        ),
        ({"name": "point", "cx": 10, "cy": 20}, (10, 20, 10, 20)),
    ],
)
def test_shapes_of_via_are_brought_to_boxes(flight, shape, box):
    write(flight / "via_export.csv", via(("a.jpg", shape, '{"species": "dugong"}')))
    assert truths(flight) == {"a.jpg": [(DUGONG, box, None, None, True)]}


def test_via_pictures_without_regions_hold_nothing(flight):
    write(flight / "via.csv", via(("a.jpg", {}, "{}"), ("b.png", RECT, '{"what": "boat"}')))
    assert truths(flight) == {"a.jpg": [], "b.png": [(BOAT, BOX, None, None, True)]}


def test_via_classes_may_be_ticked_and_old_headers_start_with_a_hash(flight):
    names = '{"seen by": "x", "class": "", "name": "Mali", "type": {"dugong": true, "boat": false}}'
    write(flight / "via.csv", via(("a.jpg", RECT, names), start="#filename,region_id,x,y,z"))
    assert truths(flight) == {"a.jpg": [(DUGONG, BOX, None, None, True)]}


@pytest.mark.parametrize(
    ("shape", "names", "message"),
    [
        (RECT, '{"by": "x", "sure": "yes"}', "name it in an attribute called class"),
        (RECT, '{"class": {"dugong": true, "boat": true}}', "called class"),
        (RECT, "dugong", "dugong is no JSON"),
        (RECT, "[1]", "told by a JSON object"),
        ({"name": "brush"}, '{"class": "boat"}', "must be one of rect, circle"),
        ({"name": "rect", "x": 1}, '{"class": "boat"}', "lacks numbers"),
        ({"name": "polygon", "all_points_x": [], "all_points_y": []}, '{"class": "boat"}', "lacks"),
    ],
)
def test_regions_of_via_that_cannot_be_used_are_left_out_by_line(flight, shape, names, message):
    table = via(("a.jpg", RECT, '{"class": "boat"}'), ("a.jpg", shape, names))
    write(flight / "via.csv", table)
    found = read_labelled(flight)
    (told,) = found.left_out
    assert re.search(f"via.csv, line 3: .*{message}", told)
    assert [t.xyxy_px for t in found.flights[0].pictures[0].truths] == [BOX]


# ---------------------------------------------------------------------------------------- COCO


def coco(annotations, **image):
    return {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 200, "height": 100} | image],
        "categories": [{"id": 3, "name": "Boats"}, {"id": 4, "name": "Gill-net"}],
        "annotations": [{"id": n, "image_id": 1} | a for n, a in enumerate(annotations)],
    }


@pytest.mark.parametrize(
    "place", ["flight/annotations.json", "_annotations.coco.json", "flight/instances_val.json"]
)
def test_coco_files_are_found_by_their_names(flight, place):
    write(flight / place, coco([{"category_id": 3, "bbox": [80, 30, 40, 40]}]))
    assert truths(flight) == {"a.jpg": [(BOAT, BOX, None, None, True)]}


def test_coco_tells_tracks_visibility_crowds_points_and_sea_state(flight):
    annotations = [
        {"category_id": 3, "bbox": [80, 30, 40, 40], "track_id": 7, "visibility": 0.25},
        {"category_id": 4, "bbox": [0, 0, 9, 9], "attributes": {"object_id": "n", "visibility": 1}},
        {"category_id": 4, "bbox": [0, 0, 50, 50], "iscrowd": 1},
        {"category_id": 3, "keypoints": [10, 20, 2]},
    ]
    write(flight / "flight" / "annotations.json", coco(annotations, sea_state=3))
    assert truths(flight)["a.jpg"] == [
        (BOAT, BOX, 7, 0.25, True),
        (GEAR, (0, 0, 9, 9), "n", 1.0, True),
        (GEAR, (0, 0, 50, 50), None, None, False),
        (BOAT, (10, 20, 10, 20), None, None, True),
    ]
    assert read(flight).flights[0].pictures[0].sea_state == "3"


def test_ignored_regions_hold_any_number_of_every_class(flight):
    document = coco(
        [
            {"category_id": 5, "bbox": [0, 0, 100, 100]},
            {"category_id": 3, "bbox": [120, 0, 50, 50], "iscrowd": 1},
            {"category_id": 3, "bbox": [80, 30, 40, 40]},
        ]
    )
    document["categories"].append({"id": 5, "name": "Ignored regions"})
    write(flight / "flight" / "annotations.json", document)
    (picture,) = read(flight).flights[0].pictures
    regions = [(t.object_class, t.xyxy_px) for t in picture.truths if t.region]
    assert regions == [*((c, (0, 0, 100, 100)) for c in ObjectClass), (BOAT, (120, 0, 170, 50))]
    assert not any(t.fair for t in picture.truths if t.region)
    assert [t.xyxy_px for t in picture.truths if t.fair] == [BOX]


def test_regions_that_are_to_be_left_out_are(flight):
    document = coco([{"category_id": 3, "bbox": [80, 30, 40, 40]}])
    document["categories"][0]["name"] = "ignored"
    write(flight / "flight" / "annotations.json", document)
    rules = ReadingRules(ClassNames.parse(ignored=["ignored"]))
    assert read_labelled(flight, rules).flights[0].pictures[0].truths == ()


def test_boxes_drawn_on_a_shrunk_copy_are_brought_to_size(flight):
    small = coco([{"category_id": 3, "bbox": [40, 15, 20, 20]}], width=100, height=50)
    write(flight / "flight" / "annotations.json", small)
    assert truths(flight)["a.jpg"][0][1] == BOX


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "is no COCO document"),
        ({"images": []}, "is no COCO document"),
        (
            coco([{"category_id": 9, "bbox": [1, 1, 5, 5]}]),
            "annotation 0: category 9 is not in",
        ),
        (coco([{"category_id": 3, "image_id": 5}]), "annotation 0: image 5 is not in"),
        (coco([{"category_id": 3}]), "nor one key point"),
        (coco([{"category_id": 3, "bbox": [10, 10, -5, 5]}]), "left < right"),
        (coco([{"category_id": 3, "bbox": [190, 10, 50, 5]}]), "lies outside its picture"),
        (coco([], width=100, height=100), "label it as it is stored"),
        (
            coco([{"category_id": 3, "bbox": [1, 1, 5, 5], "visibility": 3}]),
            r"visibility must be in \[0, 1\]; got 3",
        ),
    ],
)
def test_broken_coco_files_are_refused(flight, document, message):
    write(flight / "flight" / "annotations.json", document)
    with pytest.raises(LabelError, match=message):
        read(flight)


@pytest.mark.parametrize("name", ["result.json", "coco.json", "train.json"])
def test_coco_under_any_name_is_known_by_what_it_holds(flight, name):
    write(flight / name, coco([{"category_id": 3, "bbox": [80, 30, 40, 40]}]))
    write(flight / "settings.json", {"images": "flight"})
    write(flight / "log.json", "[1, 2")
    assert [t[1] for t in truths(flight)["a.jpg"]] == [BOX]


@pytest.mark.parametrize("bbox", [{}, {"bbox": []}, {"bbox": None}])
def test_an_outline_without_a_box_is_labelled_by_the_box_around_it(flight, bbox):
    outlines = [[80, 50, 100, 30, 120, 40], [90, 70, 95, 60, 100, 65]]
    write(
        flight / "annotations.json",
        coco([{"category_id": 3, "segmentation": outlines} | bbox]),
    )
    assert [t[1] for t in truths(flight)["a.jpg"]] == [BOX]


@pytest.mark.parametrize(
    ("segmentation", "message"),
    [
        ({"counts": "abc", "size": [100, 200]}, "a mask without `bbox`"),
        ([[1, 2, 3, 4]], "must be polygons"),
        ([["x", 2, 3, 4, 5, 6]], "must be polygons"),
        ([], "neither `bbox`, polygon nor one key point"),
    ],
)
def test_an_outline_that_is_none_is_refused(flight, segmentation, message):
    write(flight / "annotations.json", coco([{"category_id": 3, "segmentation": segmentation}]))
    with pytest.raises(LabelError, match=message):
        read(flight)


def test_labels_of_pictures_that_are_not_there_are_told(flight):
    document = coco([])
    document["images"].append({"id": 2, "file_name": "gone.jpg"})
    write(flight / "annotations.json", document)
    assert "annotations.json labels 1 pictures that are not there" in read(flight).notes[0]


def test_a_name_that_two_pictures_have_is_refused(flight):
    write_picture(flight / "other" / "a.jpg")
    write(flight / "annotations.json", coco([]))
    with pytest.raises(LabelError, match="write the path from the label file's folder"):
        read(flight)


# ----------------------------------------------------------------------------------------- CSV

HEAD = "image,class,x_min,y_min,x_max,y_max"


def test_a_table_of_boxes_and_points(flight):
    rows = [
        "image,class,x_min,y_min,x_max,y_max,x,y,visibility,object_id,sea_state",
        "a.jpg,dugong,80,30,120,70,,,0.5,d1,2",
        "a.jpg,boat,,,,,10,20,,,2",
        "b.png,,,,,,,,,,",
    ]
    write(flight / "flight" / "labels.csv", "\n".join(rows))
    assert truths(flight) == {
        "a.jpg": [(DUGONG, BOX, "d1", 0.5, True), (BOAT, (10, 20, 10, 20), None, None, True)],
        "b.png": [],
    }
    assert [p.sea_state for p in read(flight).flights[0].pictures] == ["2", None]


def test_other_names_of_files_and_columns(flight):
    write(
        flight / "boxes.csv", "filename,label,xmin,ymin,xmax,ymax\nflight/a.jpg,ship,80,30,120,70\n"
    )
    write(flight / "flight" / "log.csv", "time,altitude\n1,50\n")  # a drone's own
    assert truths(flight) == {"a.jpg": [(BOAT, BOX, None, None, True)]}


@pytest.mark.parametrize(
    "text",
    [
        "image;class;x_min;y_min;x_max;y_max\na.jpg;boat;80;30;120;70\n",
        "file\tlabel\tx1\ty1\tx2\ty2\na.jpg\tBoat\t80\t30\t120\t70\n",
        "\ufefffilename,width,height,class,left,top,right,bottom\na.jpg,200,100,ship,80,30,120,70\n",
    ],
)
def test_tables_as_spreadsheets_and_tools_write_them(flight, text):
    write(flight / "exported.csv", text)
    assert truths(flight) == {"a.jpg": [(BOAT, BOX, None, None, True)]}


def test_a_picture_of_several_sea_states_is_told_and_has_none(flight):
    rows = f"{HEAD},sea_state\na.jpg,boat,1,2,3,4,1\na.jpg,boat,5,6,7,8,2\n"
    write(flight / "labels.csv", rows)
    told = read(flight)
    assert told.flights[0].pictures[0].sea_state is None
    assert any("several sea states, so none is taken: 1, 2" in note for note in told.notes)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("image,class\na.jpg,boat\n", "needs the columns image, class and x_min"),
        (f"{HEAD}\na.jpg,boat,1,2,3\n", "line 2: x_min, y_min, x_max, y_max must be"),
        (f"{HEAD}\na.jpg,boat,1,2,3,x\n", "must be numbers; got 1, 2, 3, x"),
        (f"{HEAD}\na.jpg,boat,30,2,3,9\n", "left < right"),
        (f"{HEAD}\na.jpg,boat,1,2,inf,9\n", "finite"),
        (f"{HEAD}\n,boat,1,2,3,4\n", "name the picture"),
    ],
)
def test_broken_tables_are_refused(flight, text, message):
    write(flight / "flight" / "labels.csv", text)
    with pytest.raises(LabelError, match=message):
        read(flight)


# ------------------------------------------------------------------------------ truth and sets


def test_rendered_truth_labels_every_picture(flight):
    seen = {"frame": "a.jpg", "xyxy_px": BOX, "fair": False, "visibility": 0.7, "lon": 99.4}
    truth = {"synthetic": True, "objects": [{"object_id": 5, "class": "dugong", "frames": [seen]}]}
    write(flight / "flight" / "truth.json", truth)
    (found,) = read(flight).flights
    assert found.rendered
    assert truths(flight) == {"a.jpg": [(DUGONG, BOX, 5, 0.7, False)], "b.png": []}


def test_rendered_truth_tells_depth_and_sea_state_since_it_has_them(flight):
    seen = {"frame": "a.jpg", "xyxy_px": BOX, "fair": True}
    dugong = {"object_id": 5, "class": "dugong", "frames": [seen], "depth_m": 0.8}
    boat = {"object_id": 6, "class": "boat", "frames": [seen]}
    truth = {"synthetic": True, "sea_state": 2, "objects": [dugong, boat]}
    write(flight / "flight" / "truth.json", truth)
    (first, second) = read(flight).flights[0].pictures
    assert [t.depth_m for t in first.truths] == [0.8, None]
    assert (first.sea_state, second.sea_state) == ("2", "2")


def test_a_truth_that_the_renderer_never_wrote_is_refused(flight):
    write(flight / "flight" / "truth.json", {"objects": "none"})
    with pytest.raises(LabelError, match="truth of a rendered flight"):
        read(flight)


def test_pictures_without_labels_are_left_out_and_told_or_said_to_be_empty(flight):
    write(flight / "flight" / "a.txt", "")
    told = read(flight)
    assert [p.path.name for p in told.flights[0].pictures] == ["a.jpg"]
    assert "1 pictures have no labels and are left out" in told.notes[0]
    everything = read(flight, unlabelled_are_empty=True)
    assert [p.path.name for p in everything.flights[0].pictures] == ["a.jpg", "b.png"]
    assert everything.notes == ()


def test_two_labels_of_one_picture_are_refused_until_one_is_chosen(flight):
    write(flight / "classes.txt", "boat")
    write(flight / "flight" / "a.txt", LINE)
    write(flight / "flight" / "labels.csv", f"{HEAD}\na.jpg,dugong,80,30,120,70\n")
    with pytest.raises(LabelError, match="say which with --labels"):
        read(flight)
    assert truths(flight, only=LabelFormat.CSV)["a.jpg"][0][0] is DUGONG
    assert truths(flight, only=LabelFormat.YOLO)["a.jpg"][0][0] is BOAT


def test_each_folder_of_pictures_is_a_flight_with_its_own_sea(flight):
    write_picture(flight / "second" / "images" / "c.jpg")
    write(flight / "second" / "images" / "flight.toml", "sea_state = 4\n")
    write(flight / "labels.csv", f"{HEAD}\na.jpg,boat,1,2,3,4\nsecond/images/c.jpg,boat,1,2,3,4\n")
    first, second = read(flight).flights
    assert (first.name, first.pictures[0].sea_state) == ("flight", None)
    assert (second.name, second.pictures[0].sea_state) == ("second", "4")
    assert read(flight / "flight", unlabelled_are_empty=True).flights[0].name == "flight"


def test_flight_facts_that_mean_nothing_are_refused(flight):
    write(flight / "flight" / "a.txt", "")
    write(flight / "flight" / "flight.toml", "wind = 3\n")
    with pytest.raises(LabelError, match="nothing but sea_state and rendered"):
        read(flight)


def test_folders_with_nothing_to_evaluate(flight, tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(LabelError, match="holds no picture"):
        read(tmp_path / "none")
    with pytest.raises(LabelError, match="2 pictures and labels of none"):
        read(flight)


# --------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dugong", DUGONG),
        ("Dugongs", DUGONG),
        ("พะยูน", DUGONG),
        ("Long-tail_Boat", BOAT),
        ("SHIP", BOAT),
        ("fishing_gear", GEAR),
        ("Gill nets", GEAR),
        ("Dugong dugon", DUGONG),
        ("dugong_calf", DUGONG),
        ("Vessels", BOAT),
        ("เรือหางยาว", BOAT),
        ("เรือยนต์", BOAT),
        ("seacow", DUGONG),
        ("jet-ski", BOAT),
        ("Jetskis", BOAT),
        ("boat(s)", BOAT),
        ("PassengerShip", BOAT),
        ("LongtailBoat", BOAT),
        ("inflatable boat", BOAT),
        ("powerboat", BOAT),
        ("water craft", BOAT),
    ],
)
def test_names_and_their_kin(name, expected):
    assert ClassNames().classes([name]) == {name: expected}


def test_unknown_names_are_refused_with_the_remedy(flight):
    with pytest.raises(
        ClassNameError, match=r"buoy, swimmer; .* --map 'buoy=boat'.*--ignore 'buoy' --ignore 'swi"
    ):
        ClassNames().classes(["swimmer", "boat", "buoy"])


@pytest.mark.parametrize("name", ["buoy", "float", "manatee", "calf", "boa", "S"])
def test_names_that_leave_a_doubt_mean_nothing(name):
    with pytest.raises(ClassNameError, match="say what each means"):
        ClassNames().classes([name])


def test_what_the_user_says_goes_first():
    names = ClassNames.parse(["Marker Buoy=fishing_gear", "a=b=boat"], ["boat"])
    meant = names.classes(["marker-buoy", "boat", "a=b", "dugong"])
    assert meant == {"marker-buoy": GEAR, "boat": None, "a=b": BOAT, "dugong": DUGONG}


@pytest.mark.parametrize("pair", ["boat", "=boat", "buoy=", "buoy=manatee"])
def test_mappings_that_are_none(pair):
    with pytest.raises(ClassNameError, match="a mapping must be NAME=CLASS"):
        ClassNames.parse([pair])


def test_ignored_names_leave_their_picture_labelled(flight):
    write(flight / "labels.csv", f"{HEAD}\na.jpg,swimmer,1,2,3,4\n")
    assert truths(flight, names=ClassNames.parse((), ["swimmer"])) == {"a.jpg": []}


def test_all_names_without_a_meaning_may_be_left_out_at_once(flight):
    write(flight / "labels.csv", f"{HEAD}\na.jpg,swimmer,1,2,3,4\na.jpg,boat,80,30,120,70\n")
    found = truths(flight, names=ClassNames.parse((), ["*"]))
    assert [t[0] for t in found["a.jpg"]] == [BOAT]
