"""The media store: what is put comes back, and nothing else does."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.media import MediaError, MediaStore


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(f"file://{tmp_path}/media store")


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@given(st.binary(max_size=200))
def test_what_is_put_comes_back(data: bytes) -> None:
    media = MediaStore("memory://round_trip")
    name = media.put(data)
    assert name == sha256(data).hexdigest()
    assert media.has(name)
    assert media.get(name) == data


def test_the_same_bytes_are_kept_once_and_nothing_else_is_left(media, tmp_path) -> None:
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(media.put, [b"photo"] * 20))
    assert len(names) == 1
    (path,) = files_in(tmp_path)
    assert path.name in names
    assert path.read_bytes() == b"photo"


def test_a_plain_folder_is_a_store_too(tmp_path) -> None:
    name = MediaStore(str(tmp_path / "m")).put(b"x")
    assert MediaStore(f"file://{tmp_path}/m/").get(name) == b"x"


def test_a_changed_file_is_refused(media, tmp_path) -> None:
    name = media.put(b"evidence")
    (path,) = files_in(tmp_path)
    path.write_bytes(b"Evidence")
    with pytest.raises(MediaError, match="changed or damaged"):
        media.get(name)


def test_a_missing_file_is_refused(media) -> None:
    name = sha256(b"never put").hexdigest()
    assert not media.has(name)
    with pytest.raises(MediaError, match="no file"):
        media.get(name)


def test_a_write_that_fails_leaves_nothing_behind(media, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(media._fs, "mv", full)
    with pytest.raises(OSError, match="No space"):
        media.put(b"photo")
    assert files_in(tmp_path) == []
    assert not media.has(sha256(b"photo").hexdigest())


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n", "é" * 64]
)
def test_only_hashes_are_names(media, name) -> None:
    with pytest.raises(MediaError, match="64 lower-case hex digits"):
        media.get(name)
    with pytest.raises(MediaError, match="64 lower-case hex digits"):
        media.has(name)
