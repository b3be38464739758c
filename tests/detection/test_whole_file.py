"""A file is replaced whole, and nothing is left aside."""

import pytest

from detection.whole_file import write_whole


def test_a_file_is_put_in_the_place_of_another_and_nothing_is_left_aside(tmp_path):
    for data in (b"first", b"second"):
        write_whole(tmp_path / "kept.json", data)
        assert (tmp_path / "kept.json").read_bytes() == data
    assert [p.name for p in tmp_path.iterdir()] == ["kept.json"]


def test_what_cannot_be_written_leaves_the_file_as_it_was(tmp_path):
    (tmp_path / "kept.json").write_bytes(b"first")
    (tmp_path / ".kept.json.part").mkdir()  # in the way
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "kept.json", b"second")
    assert (tmp_path / "kept.json").read_bytes() == b"first"
