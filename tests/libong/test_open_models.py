"""The networks that the settings name compute in what the settings ask for."""

import pytest

from detection.precision import Precision
from libong.open_models import open_searchers
from libong.settings import SettingsError, read_settings


@pytest.fixture(autouse=True)
def own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("LIBONG_DATA_DIR", str(tmp_path))


def test_networks_compute_in_32_bits_where_that_is_asked_for(monkeypatch):
    monkeypatch.setenv("LIBONG_PRECISION", "f32")
    assert open_searchers(read_settings()).precision == "f32"


def test_another_precision_is_refused(monkeypatch):
    monkeypatch.setenv("LIBONG_PRECISION", "bf8")
    with pytest.raises(SettingsError, match="LIBONG_PRECISION"):
        read_settings()


def test_the_processor_chooses_unless_told(monkeypatch):
    monkeypatch.delenv("LIBONG_PRECISION", raising=False)
    assert read_settings().precision is Precision.AUTO
