"""Data sets as other people's tools lay them out, and the odd label in one."""

import json

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from pillow_heif import from_pillow

from detection.evaluation.class_names import ClassNames
from detection.evaluation.dataset import ReadingRules, read_labelled
from detection.labels.errors import LabelError
from detection.labels.sheet import sheet_of
from detection.types import ObjectClass
from ingest.picture import PictureSize

DUGONG, BOAT, GEAR = ObjectClass
BOX = (80.0, 30.0, 120.0, 70.0)
LINE = "0 0.5 0.5 0.2 0.4\n"


def picture(path, seed=0):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (100, 200, 3))
    assert cv2.imwrite(str(path), pixels.astype(np.uint8))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if isinstance(text, str) else json.dumps(text), encoding="utf-8")


def coco(*names, annotations=None, **sides):
    boxes = [
        {"id": n, "image_id": n, "category_id": 1, "bbox": [80, 30, 40, 40]}
        for n, _ in enumerate(names)
    ]
    images = [{"id": n, "file_name": name} | sides for n, name in enumerate(names)]
    return {
        "images": images,
        "annotations": boxes if annotations is None else annotations,
        "categories": [{"id": 1, "name": "boat"}],
    }


def read(root, **rules):
    return read_labelled(root, ReadingRules(**rules))


def boxes(root, **rules):
    """The boxes of every picture, by its path in the data set."""
    return {
        p.path.relative_to(root).as_posix(): [t.xyxy_px for t in p.truths]
        for f in read(root, **rules).flights
        for p in f.pictures
    }


# -------------------------------------------------------------------------------------- layouts


@pytest.mark.parametrize("reference", ["a.jpg", "images/a.jpg", "val/a.jpg", "images/val/a.jpg"])
@pytest.mark.parametrize("folder", ["annotations", "labels"])
def test_coco_in_a_folder_beside_the_pictures(tmp_path, reference, folder):
    picture(tmp_path / "images" / "val" / "a.jpg")
    write(tmp_path / folder / "instances_val.json", coco(reference))
    assert boxes(tmp_path) == {"images/val/a.jpg": [BOX]}


def test_each_split_is_labelled_by_the_file_that_is_named_after_it(tmp_path):
    for number, split in enumerate(("train", "val")):
        picture(tmp_path / "images" / split / "a.jpg", number)
        write(tmp_path / "annotations" / f"instances_{split}.json", coco("a.jpg"))
    assert boxes(tmp_path) == {"images/train/a.jpg": [BOX], "images/val/a.jpg": [BOX]}


def test_the_folders_that_a_label_file_tells_decide_between_pictures_of_one_name(tmp_path):
    for number, flight in enumerate(("one", "two")):
        picture(tmp_path / "images" / flight / "a.jpg", number)
    write(tmp_path / "annotations" / "all.json", coco("/somebody/elses/disk/two/a.jpg"))
    assert boxes(tmp_path) == {"images/two/a.jpg": [BOX]}
    write(tmp_path / "annotations" / "all.json", coco("a.jpg"))
    with pytest.raises(LabelError, match=r"may be .*one/a.jpg or .*two/a.jpg"):
        read(tmp_path)


def test_a_table_in_a_folder_of_its_own_and_names_without_suffix(tmp_path):
    picture(tmp_path / "images" / "a.jpg")
    write(
        tmp_path / "labels" / "boats.csv",
        "image_id,label,left,top,right,bottom\na,boat,80,30,120,70\n",
    )
    assert boxes(tmp_path) == {"images/a.jpg": [BOX]}


def test_a_flight_s_own_labels_never_speak_of_another_flight(tmp_path):
    picture(tmp_path / "one" / "a.jpg")
    picture(tmp_path / "two" / "b.jpg", 1)
    write(tmp_path / "one" / "annotations.json", coco("a.jpg", "b.jpg"))
    told = read(tmp_path)
    assert [f.name for f in told.flights] == ["one"]
    assert any("1 pictures that are not there, such as b.jpg" in note for note in told.notes)


def test_when_no_picture_is_at_hand_file_picture_and_place_are_named(tmp_path):
    picture(tmp_path / "images" / "a.jpg")
    write(tmp_path / "annotations" / "instances.json", coco("gone.jpg", "lost.jpg"))
    with pytest.raises(
        LabelError,
        match=r"labels of none: .*instances.json labels 2 pictures .* such as gone.jpg; looked in "
        "the whole data set",
    ):
        read(tmp_path)


@pytest.mark.parametrize(
    ("shot", "labels"),
    [
        ("train/a.jpg", "labels/train/a.txt"),
        ("images/a.jpg", "labels/train/a.txt"),
        ("pictures/day1/a.jpg", "labels/pictures/day1/a.txt"),
        ("day1/a.jpg", "yolo/a.txt"),
    ],
)
@pytest.mark.parametrize("names", ["boats.yaml", "labels/classes.txt", "config/set.YML"])
def test_yolo_files_and_their_names_wherever_they_lie(tmp_path, shot, labels, names):
    picture(tmp_path / shot)
    write(tmp_path / labels, LINE)
    write(tmp_path / names, "boat\n" if names.endswith("txt") else "nc: 1\nnames: [boat]\n")
    write(tmp_path / "ci.yaml", "on: push\n")  # names nothing
    assert boxes(tmp_path) == {shot: [pytest.approx(BOX)]}


def test_lists_of_names_that_differ_name_nothing_elsewhere(tmp_path):
    picture(tmp_path / "day1" / "a.jpg")
    write(tmp_path / "day1" / "a.txt", LINE)
    write(tmp_path / "day2" / "classes.txt", "boat\n")
    write(tmp_path / "day3" / "classes.txt", "dugong\n")
    meant = ClassNames.parse(["0=fishing_gear"])
    assert read(tmp_path, names=meant).flights[0].pictures[0].truths[0].object_class is GEAR


def test_without_labels_every_place_that_was_searched_is_told(tmp_path):
    picture(tmp_path / "a.jpg")
    with pytest.raises(LabelError, match=r"(?s)labels of none.*in labels/ there.*\.json.*\.csv"):
        read(tmp_path)


def test_videos_and_the_truth_of_one_are_told_and_left_out(tmp_path):
    picture(tmp_path / "photos" / "a.jpg")
    write(tmp_path / "photos" / "annotations.json", coco("a.jpg"))
    write(tmp_path / "film" / "DJI_0001.MP4", "")
    write(tmp_path / "film" / "truth.json", {"synthetic": True, "tracks": []})
    told = read(tmp_path)
    assert [f.name for f in told.flights] == ["photos"]
    assert any("1 videos are left out" in note for note in told.notes)
    assert any("no picture beside it" in note for note in told.notes)
    assert told.left_out == ()


# ------------------------------------------------------------------------------------ odd labels

ODD_BOXES = [
    {"id": 1, "image_id": 0, "category_id": 1, "bbox": [80, 30, 40, 40]},
    {"id": 2, "image_id": 0, "category_id": 1, "bbox": [80, 30, 0, 40]},
    {"id": 3, "image_id": 0, "category_id": 1, "bbox": [80, 30]},
    {"id": 4, "image_id": 0, "category_id": 7, "bbox": [80, 30, 40, 40]},
    {"id": 5, "image_id": 9, "category_id": 1, "bbox": [80, 30, 40, 40]},
    {"id": 6, "image_id": 0, "category_id": 1, "bbox": [180, 30, 90, 40]},
    {"id": 7, "image_id": 0, "category_id": 1, "bbox": [200, 30, 1, 40]},
]


def test_odd_coco_boxes_are_left_out_and_the_rest_is_read(tmp_path):
    picture(tmp_path / "a.jpg")
    write(tmp_path / "annotations.json", coco("a.jpg", annotations=ODD_BOXES))
    assert boxes(tmp_path) == {"a.jpg": [BOX]}
    assert len(read(tmp_path).left_out) == len(ODD_BOXES) - 1
    assert read(tmp_path).told[-1].endswith("left out in all: 6")


def test_a_picture_of_other_sides_is_left_out_and_is_not_taken_for_empty(tmp_path):
    for number, name in enumerate("ab"):
        picture(tmp_path / f"{name}.jpg", number)
    document = coco("a.jpg", "b.jpg", width=200, height=100)
    document["images"][1]["height"] = 150
    write(tmp_path / "annotations.json", document)
    assert boxes(tmp_path, unlabelled_are_empty=True) == {"a.jpg": [BOX]}
    (why,) = read(tmp_path).left_out
    assert "b.jpg is told to be 200 x 150 pixels and is stored as 200 x 100" in why


def test_odd_yolo_lines_are_left_out_and_a_confidence_is_passed_over(tmp_path):
    picture(tmp_path / "a.jpg")
    write(tmp_path / "classes.txt", "boat\n")
    odd = ["0 0.5 0.5 0.2 0.4 0.93", "0 0.5 0.5", "3 0.5 0.5 0.2 0.4", "0 0.5 0.5 0 0.4"]
    write(tmp_path / "a.txt", "\n".join(odd))
    told = read(tmp_path)
    assert boxes(tmp_path) == {"a.jpg": [pytest.approx(BOX)]}
    assert [why.split(":")[0].rpartition(" ")[2] for why in told.left_out] == ["2", "3", "4"]
    assert any("end in a confidence" in note for note in told.notes)


def test_odd_rows_and_files_are_left_out(tmp_path):
    for number, name in enumerate("ab"):
        picture(tmp_path / f"{name}.jpg", number)
    rows = ["image,class,x_min,y_min,x_max,y_max", "a.jpg,boat,80,30,120,70", "a.jpg,boat,?,1,2,3"]
    write(tmp_path / "labels.csv", "\n".join([*rows, ",boat,1,2,3,4"]))
    write(tmp_path / "instances_b.json", "{")
    (tmp_path / "b.txt").write_bytes(b"\xff\xfe\xff")
    assert boxes(tmp_path) == {"a.jpg": [BOX]}
    told = "\n".join(read(tmp_path).left_out)
    assert all(word in told for word in ("line 3", "line 4", "instances_b.json", "b.txt"))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("annotations.json", json.dumps(coco("a.jpg", "cut.jpg"))),
        ("labels.csv", "image,class,x,y\na.jpg,boat,80,30\ncut.jpg,boat,80,30\n"),
        ("cut.txt", LINE),
    ],
)
def test_a_labelled_picture_that_cannot_be_opened_is_kept_for_the_search_to_refuse(
    tmp_path, name, text
):
    picture(tmp_path / "a.jpg")
    write(tmp_path / "cut.jpg", "no picture")
    write(tmp_path / "classes.txt", "boat\n")
    write(tmp_path / "a.txt" if name == "cut.txt" else tmp_path / "notes.txt", LINE)
    write(tmp_path / name, text)
    found = boxes(tmp_path)
    assert len(found["a.jpg"]) == 1
    assert found["cut.jpg"] == []


def test_a_picture_listed_twice_has_the_labels_of_both(tmp_path):
    picture(tmp_path / "a.jpg")
    document = coco("a.jpg", "a.jpg")
    document["annotations"][1]["bbox"] = [0, 0, 9, 9]
    write(tmp_path / "annotations.json", document)
    write(tmp_path / "copy" / "annotations.json", document)  # the same again says nothing new
    assert boxes(tmp_path) == {"a.jpg": [BOX, (0, 0, 9, 9)]}


# ---------------------------------------------------------------------------------------- tables


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("x,y,width,height", "80,30,40,40"),
        ("x,y,w,h", "80,30,40,40"),
        ("xmin,ymin,width,height", "80,30,40,40"),
        ("bbox_x,bbox_y,bbox_width,bbox_height", "80,30,40,40"),
        ("width,height,bbox_left,bbox_top,bbox_w,bbox_h", "200,100,80,30,40,40"),
        ("x_center,y_center,width,height", "100,50,40,40"),
        ("cx,cy,w,h", "100,50,40,40"),
        ("X Center,Y Center,Width,Height", "0.5,0.5,0.2,0.4"),
        ("width,height,xmin,ymin,xmax,ymax", "200,100,80,30,120,70"),
        ("x0,y0,x1,y1", "80,30,120,70"),
        ("xtl,ytl,xbr,ybr", "80,30,120,70"),
        ("bbox_xmin,bbox_ymin,bbox_xmax,bbox_ymax", "80,30,120,70"),
    ],
)
@pytest.mark.parametrize("names", ["image_path,species", "image_name,label", "File,Class Name"])
def test_boxes_under_other_names(tmp_path, header, row, names):
    picture(tmp_path / "a.jpg")
    write(tmp_path / "table.csv", f"{names},{header}\na.jpg,boat,{row}\n")
    assert boxes(tmp_path) == {"a.jpg": [pytest.approx(BOX)]}


def test_how_a_table_was_understood_is_told_where_it_could_be_meant_otherwise(tmp_path):
    picture(tmp_path / "a.jpg")
    write(tmp_path / "t.csv", "image,class,x,y,width,height\na.jpg,boat,0.1,0.2,0.3,0.4\n")
    guessed, shares = read(tmp_path).notes
    assert "left top corner, as COCO and VIA write them" in guessed
    assert "shares of the picture's sides" in shares
    write(tmp_path / "t.csv", "image,class,x_center,y_center,width,height\na.jpg,boat,9,9,3,4\n")
    assert read(tmp_path).notes == ()


@pytest.mark.parametrize("header", ["x,y,width", "x_center,y,width,height", "x,width,height"])
def test_half_a_box_is_refused(tmp_path, header):
    picture(tmp_path / "a.jpg")
    row = ",".join("12345678"[: header.count(",") + 1])
    write(tmp_path / "t.csv", f"image,class,{header}\na.jpg,boat,{row}\n")
    with pytest.raises(LabelError, match="tells half a box: it has "):
        read(tmp_path)


@pytest.mark.parametrize("suffix", ["heic", "HEIF", "dng"])
def test_what_only_cameras_write_is_a_picture_unless_its_twin_is_there(tmp_path, suffix):
    from_pillow(Image.new("RGB", (200, 100))).save(tmp_path / "a.heic")
    (tmp_path / "a.heic").rename(tmp_path / f"a.{suffix}")
    write(tmp_path / "classes.txt", "boat\n")
    write(tmp_path / "a.txt", LINE)
    assert boxes(tmp_path) == {f"a.{suffix}": [pytest.approx(BOX)]}
    picture(tmp_path / "A.JPG")
    write(tmp_path / "A.txt", LINE)
    assert boxes(tmp_path) == {"A.JPG": [pytest.approx(BOX)]}


# ------------------------------------------------------------------------------- turned pictures


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_box_on_the_turned_picture_is_found_on_the_stored_one(tmp_path, orientation):
    stored = np.zeros((60, 90), np.uint8)
    stored[10:20, 30:70] = 255
    picture = Image.fromarray(stored)
    picture.getexif()[0x0112] = orientation
    shown = np.asarray(ImageOps.exif_transpose(picture))
    rows, columns = np.nonzero(shown)
    drawn = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
    sheet = sheet_of(PictureSize(90, 60, orientation), as_shown=True)
    assert (sheet.height_px, sheet.width_px) == shown.shape
    assert sheet.stored(drawn) == (30, 10, 70, 20)


def turned_picture(path, orientation=6):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (200, 100)).save(path, exif=exif)


def test_coco_s_sides_tell_whether_the_picture_was_turned(tmp_path):
    turned_picture(tmp_path / "a.jpg")
    write(tmp_path / "annotations.json", coco("a.jpg", width=200, height=100))
    assert boxes(tmp_path) == {"a.jpg": [BOX]}
    assert boxes(tmp_path, as_shown=True) == {"a.jpg": [BOX]}
    annotations = [{"image_id": 0, "category_id": 1, "bbox": [30, 80, 40, 40]}]
    document = coco("a.jpg", width=100, height=200, annotations=annotations)
    write(tmp_path / "annotations.json", document)
    assert boxes(tmp_path) == {"a.jpg": [BOX]}


def test_yolo_and_tables_on_turned_pictures_are_read_as_is_said(tmp_path):
    turned_picture(tmp_path / "a.jpg")
    turned_picture(tmp_path / "b.jpg", 8)
    write(tmp_path / "classes.txt", "boat\n")
    write(tmp_path / "a.txt", "0 0.5 0.25 0.4 0.2\n")
    write(tmp_path / "labels.csv", "image,class,x_min,y_min,x_max,y_max\nb.jpg,boat,0,10,20,30\n")
    assert boxes(tmp_path) == {
        "a.jpg": [pytest.approx((60, 15, 140, 35))],
        "b.jpg": [(0, 10, 20, 30)],
    }
    assert any(
        "2 labelled pictures" in n and "--labels-as-shown" in n for n in read(tmp_path).notes
    )
    assert boxes(tmp_path, as_shown=True) == {
        "a.jpg": [pytest.approx((30, 30, 70, 70))],
        "b.jpg": [(170, 0, 190, 20)],
    }
