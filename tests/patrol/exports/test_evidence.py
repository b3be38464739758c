"""The ZIP of evidence: what is in it, byte for byte, and what it says is not."""

import io
import json
from dataclasses import replace
from hashlib import sha256
from zipfile import ZipFile

import pytest
from PIL import Image

from patrol.exports.contents import Why, small_name
from patrol.exports.evidence import EvidenceError, write_evidence
from patrol.field_flight import FieldSource
from patrol.ledger import LedgerFault
from patrol.store import Store


def files_of(data: bytes) -> dict[str, bytes]:
    with ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def frame_names(world) -> list[str]:
    return [f"evidence/frame_{sha256(data).hexdigest()[:16]}.jpg" for data in world.photos]


def test_originals_and_crop_are_there_byte_for_byte(world) -> None:
    data, report = world.export()
    files = files_of(data)
    first, best, other = frame_names(world)
    assert (files[first], files[best]) == world.photos[:2]
    assert files["evidence/crop.jpg"] == world.crop
    assert other not in files  # the boat is not in it
    marked = best.replace(".jpg", "_marked.jpg")
    assert set(files) == {
        first,
        best,
        marked,
        "evidence/crop.jpg",
        "evidence/incident.json",
        "evidence/ledger.json",
        "evidence/map.svg",
        "index.html",
        "manifest.json",
        "manifest.sha256",
        "verify.py",
    }
    assert report.absences == ()
    assert Image.open(io.BytesIO(files[marked])).size == (480, 400 + 34)


def test_the_manifest_tells_every_file_and_the_report_the_manifest(world) -> None:
    data, report = world.export()
    files = files_of(data)
    manifest = json.loads(files["manifest.json"])
    assert manifest["complete"] is True
    assert manifest["incident_id"] == world.incident_id
    assert {file["name"]: (file["sha256"], file["bytes"]) for file in manifest["files"]} == {
        name: (sha256(content).hexdigest(), len(content))
        for name, content in files.items()
        if name not in ("manifest.json", "manifest.sha256")
    }
    assert report.manifest_sha256 == sha256(files["manifest.json"]).hexdigest()
    assert files["manifest.sha256"].decode().strip() == report.manifest_sha256
    assert {file.name for file in report.files} == set(files)


def test_the_metadata_tell_place_time_height_model_and_zone(world) -> None:
    files = files_of(world.export()[0])
    told = json.loads(files["evidence/incident.json"])
    case = world.store.case_file(world.incident_id)
    assert told["facts"]["position"] == list(case.incident.position)
    assert told["facts"]["occurred_at_utc"] == "2026-03-01T05:00:30.000000+00:00"
    assert (told["state"], told["version"]) == ("confirmed", 2)
    assert [event["actor"] for event in told["events"]] == ["libong", "สมชาย"]
    assert told["flight"]["model_sha256"] == "e" * 64
    assert len(told["sighting"]["detections"]) == 2
    assert {frame["file"] for frame in told["frames"]} == set(frame_names(world)[:2])
    assert {frame["height_above_sea_m"] for frame in told["frames"]} == {100.0}
    assert told["zone"]["name_th"] == "แหลมจุโหย"
    assert told["zone"]["outline"]["type"] == "Polygon"
    assert told["zone"]["citation"].startswith("Libong Non-Hunting Area")
    assert told["citation_when_judged"] == "a source"


def test_only_this_incident_and_its_flight_are_told_of(world) -> None:
    files = files_of(world.export()[0])
    ledger = json.loads(files["evidence/ledger.json"])
    assert [(e["sequence"], e["kind"]) for e in ledger["entries"]] == [
        (4, "flight_logged"),
        (5, "incident_event"),
        (6, "incident_event"),
    ]
    assert ledger["head"]["sequence"] == 14
    assert ledger["head"]["entry_hash"] == world.store.verify().head_hash
    others = {i.incident_id for i in world.store.incidents()} - {world.incident_id}
    assert len(others) == 4
    for name, content in files.items():
        assert not any(other.encode() in content for other in others), name


def test_the_same_state_gives_the_same_bytes(world) -> None:
    data, _ = world.export()
    again = Store(f"sqlite:///{world.database}")
    assert replace(world, store=again).export()[0] == data
    again.close()
    with ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


class _Pipe:
    """A file that can only be written to, as a network connection."""

    def __init__(self) -> None:
        self.written = io.BytesIO()

    def write(self, data: bytes) -> int:
        return self.written.write(data)

    def flush(self) -> None:
        self.written.flush()


def test_it_is_streamed_and_reads_each_original_once(world, monkeypatch) -> None:
    reads: list[str] = []
    get = world.media.get
    monkeypatch.setattr(world.media, "get", lambda name: reads.append(name) or get(name))
    pipe = _Pipe()
    write_evidence(pipe, world.store.case_file(world.incident_id), world.site, world.media)
    assert len(reads) == len(set(reads)) == 3
    assert files_of(pipe.written.getvalue()).keys() == files_of(world.export()[0]).keys()


def absent(data: bytes) -> dict[str, str]:
    manifest = json.loads(files_of(data)["manifest.json"])
    return {it["name"]: it["why"] for it in manifest["absent"]}


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (lambda path: path.unlink(), Why.MISSING),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), Why.ALTERED),
    ],
    ids=["missing", "altered"],
)
def test_an_original_that_is_not_as_logged_is_told_everywhere(world, damage, why) -> None:
    best = frame_names(world)[1]
    marked = best.replace(".jpg", "_marked.jpg")
    damage(world.media_file(world.photos[1]))
    data, report = world.export()
    files = files_of(data)
    assert best not in files
    assert marked not in files
    assert absent(data) == {best: why.value, marked: "undrawable"}
    assert [(lack.name, lack.why) for lack in report.lacks] == [
        (best, why),
        (marked, Why.UNDRAWABLE),
    ]
    assert json.loads(files["manifest.json"])["complete"] is False
    page = files["index.html"].decode()
    lacks = page[page.index('id="lacks"') : page.index("</section>")]
    assert best in lacks
    assert f'src="{best}"' not in page


def test_a_missing_crop_is_a_lack(world) -> None:
    world.media_file(world.crop).unlink()
    data, report = world.export()
    assert absent(data) == {"evidence/crop.jpg": "missing"}
    assert len(report.lacks) == 1


def test_other_photos_may_not_have_been_kept_but_never_be_altered(world) -> None:
    first = frame_names(world)[0]
    path = world.media_file(world.photos[0])
    path.write_bytes(b"other")
    data, report = world.export()
    assert absent(data) == {first: "altered"}
    assert len(report.lacks) == 1
    path.unlink()
    data, report = world.export()
    assert absent(data) == {first: "not_kept"}
    assert report.lacks == ()
    assert json.loads(files_of(data)["manifest.json"])["complete"] is True
    assert 'id="lacks"' not in files_of(data)["index.html"].decode()


def test_a_photo_that_cannot_be_decoded_is_exported_and_its_marks_told_absent(world) -> None:
    case = world.store.case_file(world.incident_id)
    name = world.media.put(b"no photo")
    broken = replace(case.incident, frame_sha256=name)
    frames = (*case.frames, replace(case.frames[0], sha256=name, file_name="x.Jpg"))
    data, report = world.export(incident=broken, frames=frames)
    assert files_of(data)[f"evidence/frame_{name[:16]}.jpg"] == b"no photo"
    assert absent(data) == {f"evidence/frame_{name[:16]}_marked.jpg": "undrawable"}
    assert len(report.lacks) == 1


@pytest.mark.parametrize(
    ("file_name", "ending"),
    [
        ("a.JPG", ".jpg"),
        ("a.tiff", ".tiff"),
        ("a", ""),
        ("a.j/../g", ""),
        ("../a.พ", ""),
        ("a.", ""),
    ],
)
def test_a_rangers_file_name_makes_no_path(world, file_name, ending) -> None:
    case = world.store.case_file(world.incident_id)
    frames = tuple(replace(frame, file_name=file_name) for frame in case.frames)
    files = files_of(world.export(frames=frames)[0])
    own = case.incident.frame_sha256[:16]
    assert f"evidence/frame_{own}{ending}" in files
    assert f"evidence/frame_{own}_marked.jpg" in files


def test_faults_of_the_ledger_are_told(world) -> None:
    file = io.BytesIO()
    fault = LedgerFault(2, "was changed <after> it was written")
    case = world.store.case_file(world.incident_id)
    write_evidence(file, case, world.site, world.media, ledger_faults=[fault])
    files = files_of(file.getvalue())
    assert json.loads(files["evidence/ledger.json"])["faults"] == [
        {"sequence": 2, "what": "was changed <after> it was written"}
    ]
    assert "2: was changed &lt;after&gt;" in files["index.html"].decode()


def test_another_site_or_a_lost_frame_is_refused(world) -> None:
    with pytest.raises(EvidenceError, match="of the site koh_libong, not of elsewhere"):
        replace(world, site=replace(world.site, site_id="elsewhere")).export()
    with pytest.raises(EvidenceError, match="not among those of its flight"):
        world.export(frames=())


def test_an_original_that_is_still_in_the_field_is_told_and_its_small_picture_is_there(
    world,
) -> None:
    best = frame_names(world)[1]
    small = world.media.put(b"small picture")
    original = sha256(world.photos[1]).hexdigest()
    world.media_file(world.photos[1]).unlink()
    source = FieldSource("don", "c" * 64, True, {original: small})
    data, report = world.export(field_source=source)
    files = files_of(data)
    assert {absence.name: absence.why for absence in report.lacks}[best] is Why.NOT_SENT
    assert files[small_name(best)] == b"small picture"
    assert json.loads(files["manifest.json"])["complete"] is False
    told = json.loads(files["evidence/incident.json"])["flight"]["from_the_field"]
    assert (told["sender"], told["bundle_sha256"]) == ("don", "c" * 64)
    assert "has not come from the device" in files["index.html"].decode()
