"""ZIPs as rangers make them, as programs break them, and as someone hostile would make them."""

import errno
import os
import stat
import struct
import tarfile
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest import archive as archive_module
from ingest.archive import ArchiveLimits, is_zip, unpack
from ingest.entry_name import entry_name
from ingest.errors import DiskFull
from ingest.flight import read_flight
from ingest.refusal import REMEDIES

MEGABYTE = 1 << 20
LOW = ArchiveLimits(
    max_entries=20,
    max_file_bytes=2 * MEGABYTE,
    max_total_bytes=5 * MEGABYTE,
    max_ratio=2000,  # zeros, at 1,030, pass
)


@pytest.fixture
def make_zip(tmp_path):
    """Write a ZIP of (name or ZipInfo, bytes) entries, deflated."""

    def make(*entries, name="flight.zip", method=zipfile.ZIP_DEFLATED) -> Path:
        path = tmp_path / name
        with zipfile.ZipFile(path, "w", method) as archive:
            for entry, data in entries:
                archive.writestr(entry, data)
        return path

    return make


def named(name: str, *, mode: int = stat.S_IFREG | 0o644) -> zipfile.ZipInfo:
    """An entry of exactly this name, which ZipInfo would otherwise tidy."""
    entry = zipfile.ZipInfo("x")
    entry.filename, entry.external_attr = name, mode << 16
    return entry


def codes(unpacked) -> dict[str, str]:
    return {refused.path.name: refused.reason.code for refused in unpacked.refused}


def relative(unpacked, into: Path) -> list[str]:
    return [path.relative_to(into).as_posix() for path in unpacked.files]


def every_file(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if not path.is_dir()}


def test_files_keep_their_folders_and_bytes(make_zip, tmp_path):
    sent = make_zip(("DCIM/100MEDIA/a.JPG", b"one"), ("DCIM/b.SRT", b"two" * 999), ("DCIM/e/", b""))
    before = sent.read_bytes()
    unpacked = unpack(sent, tmp_path / "out")
    assert relative(unpacked, tmp_path / "out") == ["DCIM/100MEDIA/a.JPG", "DCIM/b.SRT"]
    assert [path.read_bytes() for path in unpacked.files] == [b"one", b"two" * 999]
    assert unpacked.refused == ()
    assert sent.read_bytes() == before


@pytest.mark.parametrize(
    ("name", "lands_at"),
    [
        ("a.jpg", "a.jpg"),
        ("./deep/./a.jpg", "deep/a.jpg"),
        ("deep//a.jpg", "deep/a.jpg"),
        ("DCIM\\100MEDIA\\a.jpg", "DCIM/100MEDIA/a.jpg"),  # made by an old Windows program
        ("..a.jpg", "..a.jpg"),
        ("10:20:30.jpg", "10_20_30.jpg"),
        ("line\nbreak\x1b[2J.jpg", "line_break_[2J.jpg"),
        ("หาดยาว/ภาพ ๑.jpg", "หาดยาว/ภาพ ๑.jpg"),
    ],
)
def test_names_that_stay_inside(make_zip, tmp_path, name, lands_at):
    unpacked = unpack(make_zip((named(name), b"data")), tmp_path / "out")
    assert relative(unpacked, tmp_path / "out") == [lands_at]


@pytest.mark.parametrize(
    "name",
    [
        "../a.jpg",
        "deep/../../a.jpg",
        "deep/..",
        "..\\a.jpg",
        "deep\\..\\..\\a.jpg",
        "/etc/a.jpg",
        "\\\\server\\share\\a.jpg",
        "C:\\a.jpg",
        "c:a.jpg",
        ".. ./a.jpg",  # Windows would drop the blank and the dot
        "...",
        ".",  # the folder itself
    ],
)
def test_names_that_lead_out_are_refused(make_zip, tmp_path, name):
    sent = make_zip((named(name), b"bad"), ("good.jpg", b"good"))
    unpacked = unpack(sent, tmp_path / "deep/out")
    assert relative(unpacked, tmp_path / "deep/out") == ["good.jpg"]
    (refused,) = unpacked.refused
    assert refused.reason.code == "unsafe_name"
    assert refused.remedy == REMEDIES["unsafe_name"]
    assert refused.path.is_relative_to(sent)
    assert ".." not in refused.path.parts
    assert every_file(tmp_path) == {sent, tmp_path / "deep/out/good.jpg"}


part = st.one_of(
    st.sampled_from(["..", ".", "", "C:", "~", ".. ", "a", "A", "CON", "x" * 300, "__MACOSX"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
names = st.lists(part, min_size=1, max_size=5).flatmap(
    lambda parts: st.sampled_from(["/", "\\"]).map(lambda separator: separator.join(parts))
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(entries=st.lists(names.filter(bool), min_size=1, max_size=6))
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_whatever_the_names_nothing_lands_outside(tmp_path_factory, entries):
    home = tmp_path_factory.mktemp("home")
    sent = home / "flight.zip"
    with zipfile.ZipFile(sent, "w") as archive:
        for number, name in enumerate(entries):
            archive.writestr(named(name), f"{number}")
    unpacked = unpack(sent, home / "deep/out")
    assert every_file(home) == {sent, *unpacked.files}
    assert all(path.resolve().is_relative_to(home / "deep/out") for path in unpacked.files)
    assert len(unpacked.files) + len(unpacked.refused) <= len(entries)
    for refused in unpacked.refused:
        assert refused.reason.code in {"unsafe_name", "unwritable"}
        assert refused.path.is_relative_to(sent)


def test_links_are_refused(make_zip, tmp_path):
    link = named("photos", mode=stat.S_IFLNK | 0o777)
    sent = make_zip((link, b"/etc"), ("photos/passwd", b"data"))
    unpacked = unpack(sent, tmp_path / "out")
    assert codes(unpacked) == {"photos": "not_a_file"}
    assert relative(unpacked, tmp_path / "out") == ["photos/passwd"]
    assert not (tmp_path / "out/photos").is_symlink()


def test_a_link_that_lies_there_already_is_not_written_through(make_zip, tmp_path):
    outside = tmp_path / "outside.jpg"
    outside.write_bytes(b"mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/a.jpg").symlink_to(outside)
    unpacked = unpack(make_zip(("a.jpg", b"theirs")), tmp_path / "out")
    assert relative(unpacked, tmp_path / "out") == ["a (2).jpg"]
    assert outside.read_bytes() == b"mine"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_files_of_the_same_name_are_numbered(make_zip, tmp_path):
    sent = make_zip(("d/a.jpg", b"1"), ("d/a.jpg", b"2"), ("d/a.jpg", b"3"), ("d/b.jpg", b"4"))
    unpacked = unpack(sent, tmp_path / "out")
    assert relative(unpacked, tmp_path / "out") == [
        "d/a.jpg", "d/a (2).jpg", "d/a (3).jpg", "d/b.jpg",
    ]  # fmt: skip
    assert [path.read_bytes() for path in unpacked.files] == [b"1", b"2", b"3", b"4"]


def test_a_file_with_the_name_of_a_folder_is_refused_alone(make_zip, tmp_path):
    sent = make_zip(("a", b"file"), ("a/b.jpg", b"below it"), ("c.jpg", b"fine"))
    unpacked = unpack(sent, tmp_path / "out")
    assert relative(unpacked, tmp_path / "out") == ["a", "c.jpg"]
    assert codes(unpacked) == {"b.jpg": "unwritable"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_disk_without_room_leaves_no_file_out(make_zip, tmp_path, site, monkeypatch, number):
    """Refused for that, a photo would be missing from its flight for good."""
    sent = make_zip(("a.jpg", b"fits"), ("b.jpg", b"does not"))
    real = archive_module._Unpacking._create

    def create(unpacking, target):
        if target.name == "b.jpg":
            raise OSError(number, "no room")
        return real(unpacking, target)

    monkeypatch.setattr(archive_module._Unpacking, "_create", create)
    with pytest.raises(DiskFull, match="TMPDIR"):
        read_flight([sent], site, work_folder=tmp_path / "work")


def test_what_mac_os_adds_is_passed_over(make_zip, tmp_path):
    sent = make_zip(
        ("d/a.jpg", b"photo"),
        ("__MACOSX/d/._a.jpg", b"fork"),
        ("d/._b.jpg", b"fork"),
        (".DS_Store", b"view"),
    )
    unpacked = unpack(sent, tmp_path / "out")
    assert relative(unpacked, tmp_path / "out") == ["d/a.jpg"]
    assert unpacked.refused == ()


def bomb(make_zip, megabytes: int, count: int = 1) -> Path:
    return make_zip(*((f"{n}.jpg", bytes(megabytes * MEGABYTE)) for n in range(count)))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (LOW, "2097152 bytes"),
        (ArchiveLimits(max_ratio=100), "100 times"),
    ],
)
def test_a_bomb_is_refused_and_nothing_of_it_kept(make_zip, tmp_path, limits, said):
    unpacked = unpack(bomb(make_zip, 8), tmp_path / "out", limits)
    assert codes(unpacked) == {"0.jpg": "entry_too_large"}
    assert said in unpacked.refused[0].reason.text
    assert every_file(tmp_path / "out") == set()


def test_what_all_files_hold_together_is_limited(make_zip, tmp_path):
    limits = ArchiveLimits(max_total_bytes=5 * MEGABYTE, max_ratio=2000)
    unpacked = unpack(bomb(make_zip, 2, count=6), tmp_path / "out", limits)
    assert relative(unpacked, tmp_path / "out") == ["0.jpg", "1.jpg"]
    assert codes(unpacked) == {"2.jpg": "entry_too_large", "flight.zip": "archive_too_large"}
    assert "3 entries were left" in unpacked.refused[-1].reason.text


def test_refused_bytes_count_as_well(make_zip, tmp_path):
    """Else a thousand entries that are each refused late would be written a thousand times."""
    unpacked = unpack(bomb(make_zip, 3, count=6), tmp_path / "out", LOW)
    assert len(unpacked.refused) == 3
    assert unpacked.refused[-1].reason.code == "archive_too_large"


def test_a_size_that_lies_is_not_believed(make_zip, tmp_path):
    """The header says 10 bytes; zipfile stops there, and the checksum tells."""
    sent = bomb(make_zip, 3)
    data = sent.read_bytes()
    sent.write_bytes(data.replace(struct.pack("<L", 3 * MEGABYTE), struct.pack("<L", 10)))
    unpacked = unpack(sent, tmp_path / "out")
    assert codes(unpacked) == {"0.jpg": "bad_archive"}
    assert every_file(tmp_path / "out") == set()


def test_too_many_files_are_refused_at_once(make_zip, tmp_path):
    sent = make_zip(*((f"{n}.txt", b"") for n in range(21)))
    unpacked = unpack(sent, tmp_path / "out", LOW)
    assert codes(unpacked) == {"flight.zip": "archive_too_large"}
    assert "21" in unpacked.refused[0].reason.text
    assert not (tmp_path / "out").exists()


def test_a_directory_that_is_absurdly_long_is_not_read(make_zip, tmp_path):
    sent = make_zip(*((f"{n:05}{'x' * 60_000}", b"") for n in range(18)))
    unpacked = unpack(sent, tmp_path / "out", LOW)
    assert codes(unpacked) == {"flight.zip": "archive_too_large"}
    assert "list of the ZIP's files" in unpacked.refused[0].reason.text


def zip_bytes() -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("inner.jpg", b"photo")
    return stream.getvalue()


def tar_bytes(mode: str) -> bytes:
    stream = BytesIO()
    with tarfile.open(fileobj=stream, mode=mode) as archive:
        entry = tarfile.TarInfo("inner.jpg")
        entry.size = 5
        archive.addfile(entry, BytesIO(b"photo"))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("inner.zip", zip_bytes(), "ZIP"),
        ("photo.jpg", zip_bytes(), "ZIP"),  # by content, whatever its name
        ("inner.tar", tar_bytes("w:"), "tar"),
        ("inner.tgz", tar_bytes("w:gz"), "gzip"),
        ("inner.tar.bz2", tar_bytes("w:bz2"), "bzip2"),
        ("inner.tar.xz", tar_bytes("w:xz"), "xz"),
        ("inner.rar", b"Rar!\x1a\x07\x01\x00", "RAR"),
        ("inner.7z", b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
    ],
)
def test_archives_within_are_refused_unopened(make_zip, tmp_path, name, data, kind):
    unpacked = unpack(make_zip((name, data), ("a.jpg", b"fine")), tmp_path / "out")
    assert codes(unpacked) == {name: "nested_archive"}
    assert f"a {kind} within" in unpacked.refused[0].reason.text
    assert relative(unpacked, tmp_path / "out") == ["a.jpg"]


def test_a_flight_plan_is_no_nested_archive(make_zip, tmp_path):
    unpacked = unpack(make_zip(("plan.kmz", zip_bytes())), tmp_path / "out")
    assert relative(unpacked, tmp_path / "out") == ["plan.kmz"]
    assert unpacked.refused == ()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_broken_checksum_refuses_that_entry_alone(make_zip, tmp_path, method):
    sent = make_zip(("a.jpg", os.urandom(5000)), ("b.jpg", b"fine"), method=method)
    data = bytearray(sent.read_bytes())
    data[2000] ^= 0xFF
    sent.write_bytes(data)
    unpacked = unpack(sent, tmp_path / "out")
    assert codes(unpacked) == {"a.jpg": "bad_archive"}
    assert every_file(tmp_path / "out") == {tmp_path / "out/b.jpg"}


def test_encrypted_entries_are_refused_alone(make_zip, tmp_path):
    sent = make_zip(("secret.jpg", b"data"), ("b.jpg", b"fine"))
    data = bytearray(sent.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1  # general purpose flags of the first entry
    sent.write_bytes(data)
    unpacked = unpack(sent, tmp_path / "out")
    assert codes(unpacked) == {"secret.jpg": "encrypted"}
    assert relative(unpacked, tmp_path / "out") == ["b.jpg"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_cannot_be_counted_are_refused(make_zip, tmp_path, method):
    unpacked = unpack(make_zip(("a.jpg", bytes(MEGABYTE)), method=method), tmp_path / "out")
    assert codes(unpacked) == {"a.jpg": "unsupported_compression"}


@pytest.mark.parametrize("encoding", ["utf-8", "cp874"])
def test_thai_names_without_the_utf8_mark(make_zip, tmp_path, encoding):
    raw = "หาด.jpg".encode(encoding)
    sent = make_zip((raw.decode("latin-1").encode("ascii", "replace").decode(), b"data"))
    data = sent.read_bytes()
    sent.write_bytes(data.replace(b"?" * (len(raw) - 4) + b".jpg", raw))
    unpacked = unpack(sent, tmp_path / "out")
    assert relative(unpacked, tmp_path / "out") == ["หาด.jpg"]


@pytest.mark.parametrize("name", ["plain.jpg", "sjö.jpg", "หาด.jpg"])
def test_names_that_are_right_already_stay(name):
    assert entry_name(zipfile.ZipInfo(name)) == name


def marked_as_utf8(data: bytes) -> bytes:
    """Set the flag that names are UTF-8, in both headers of the first entry."""
    marked = bytearray(data)
    for signature, flags_at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        marked[data.index(signature) + flags_at + 1] |= 0x08
    return bytes(marked)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:4],
        lambda data: data[:-22] + b"\xff" * 22,
        lambda data: data.replace(b"PK\x01\x02", b"PK\x01\x03"),
        lambda data: marked_as_utf8(data.replace(b"a.jpg", b"\xff.jpg")),
    ],
)
def test_a_broken_zip_is_refused_as_a_whole(make_zip, tmp_path, damage):
    sent = make_zip(("a.jpg", b"data" * 100))
    sent.write_bytes(damage(sent.read_bytes()))
    unpacked = unpack(sent, tmp_path / "out")
    assert unpacked.files == ()
    assert [(r.path, r.reason.code) for r in unpacked.refused] == [(sent, "bad_archive")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8))
def test_no_broken_byte_raises(tmp_path_factory, changes):
    home = tmp_path_factory.mktemp("home")
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("a.jpg", "d/b.jpg"):
            archive.writestr(name, name * 20)
    data = bytearray(stream.getvalue())
    for place, value in changes:
        data[place % len(data)] = value
    (home / "flight.zip").write_bytes(data)
    unpacked = unpack(home / "flight.zip", home / "out")
    assert every_file(home) == {home / "flight.zip", *unpacked.files}


def test_an_empty_and_a_missing_zip(make_zip, tmp_path):
    empty = unpack(make_zip(), tmp_path / "out")
    assert (empty.files, empty.refused) == ((), ())
    gone = unpack(tmp_path / "gone.zip", tmp_path / "out")
    assert [r.reason.code for r in gone.refused] == ["bad_archive"]


def test_zips_are_known_by_their_content(make_zip, make_photo, tmp_path):
    assert is_zip(make_zip(("a.jpg", b"data"), name="photos.jpg"))
    assert is_zip(make_zip(name="empty.zip"))
    assert not is_zip(make_photo("photo.zip"))
    assert not is_zip(tmp_path / "gone.zip")
    assert not is_zip(tmp_path)


@pytest.fixture
def card(make_photo, tmp_path):
    make_photo("card/DCIM/a.JPG", grey=10)
    make_photo("card/DCIM/b.JPG", grey=20, lon=None)
    (tmp_path / "card/notes.txt").write_text("calm sea")
    return tmp_path / "card"


def zipped(folder: Path, name: str, *more: tuple[str, bytes]) -> Path:
    path = folder.parent / name
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(folder.rglob("*")):
            archive.write(file, file.relative_to(folder))
        for entry, data in more:
            archive.writestr(entry, data)
    return path


def test_a_zip_is_the_same_flight_as_its_folder(card, site, tmp_path):
    folder = read_flight([card], site)
    archive = read_flight([zipped(card, "x.zip")], site, work_folder=tmp_path / "work")
    assert archive.flight_id == folder.flight_id
    assert [f.sha256 for f in archive.frames] == [f.sha256 for f in folder.frames]
    assert [f.path for f in archive.frames] == [tmp_path / "work/x/DCIM/a.JPG"]
    assert [r.reason.code for r in archive.refused] == ["no_gps"]


def test_zips_in_folders_and_of_the_same_name(card, site, tmp_path, make_photo):
    (tmp_path / "sent/deep").mkdir(parents=True)
    zipped(card, "x.zip").rename(tmp_path / "sent/x.zip")
    make_photo("card/DCIM/c.JPG", grey=30)
    zipped(card, "x.zip").rename(tmp_path / "sent/deep/x.zip")
    flight = read_flight([tmp_path / "sent"], site, work_folder=tmp_path / "work")
    places = [f.path.relative_to(tmp_path / "work").as_posix() for f in flight.frames]
    assert sorted(places) == ["x/DCIM/a.JPG", "x/DCIM/c.JPG"]
    assert {
        (r.path.relative_to(tmp_path / "work").as_posix(), r.reason.code) for r in flight.refused
    } == {
        ("x/DCIM/b.JPG", "no_gps"),
        ("x (2)/DCIM/a.JPG", "duplicate"),
        ("x (2)/DCIM/b.JPG", "duplicate"),
    }


def test_refusals_of_a_zip_are_those_of_the_flight(card, site, tmp_path):
    sent = zipped(card, "x.zip", ("inner.zip", zip_bytes()))
    flight = read_flight([sent], site, work_folder=tmp_path / "work")
    assert {(r.path.name, r.reason.code) for r in flight.refused} == {
        ("inner.zip", "nested_archive"),
        ("b.JPG", "no_gps"),
    }
    # what could not be unpacked belongs to what was sent
    assert flight.flight_id != read_flight([card], site).flight_id


def test_flights_of_which_nothing_could_be_unpacked_differ(site, tmp_path):
    ids = set()
    for number in (1, 2):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(b"PK\x03\x04 cut short" + bytes([number]))
        flight = read_flight([path], site, work_folder=tmp_path / "work")
        assert [(r.path, r.reason.code) for r in flight.refused] == [(path, "bad_archive")]
        ids.add(flight.flight_id)
    assert len(ids) == 2


def test_without_a_work_folder_a_zip_is_no_photo(card, site):
    flight = read_flight([zipped(card, "x.zip")], site)
    assert [r.reason.code for r in flight.refused] == ["not_an_image"]


def test_real_photos_in_a_zip(field_photos, site, tmp_path):
    sent = tmp_path / "sea.zip"
    with zipfile.ZipFile(sent, "w") as archive:
        for photo in sorted((field_photos / "sea").iterdir()):
            archive.write(photo, f"DCIM/{photo.name}")
    flight = read_flight([sent], site, work_folder=tmp_path / "work")
    assert flight.refused == ()
    assert flight.flight_id == read_flight([field_photos / "sea"], site).flight_id
