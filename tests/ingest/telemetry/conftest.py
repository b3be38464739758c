"""Telemetry files as a test writes them, and the real ones where they are at hand."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from ingest.telemetry.reading import read_telemetry
from ingest.telemetry.record import Telemetry

Reader = Callable[[str | bytes], Telemetry]
FieldReader = Callable[[str], Telemetry]


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Read telemetry from text or bytes, under a name that tells nothing."""

    def read_content(content: str | bytes) -> Telemetry:
        path = tmp_path / "captions.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_telemetry(path)

    return read_content


@pytest.fixture(scope="session")
def field_srt() -> Path:
    folder = os.environ.get("LIBONG_FIELD_DATA")
    if not folder or not (Path(folder) / "srt").is_dir():
        pytest.skip("LIBONG_FIELD_DATA does not name a folder with telemetry subtitles")
    return Path(folder) / "srt"


@pytest.fixture(scope="session")
def read_field(field_srt: Path) -> FieldReader:
    """Read a real file by its name, each once."""
    return cache(lambda name: read_telemetry(field_srt / name))
