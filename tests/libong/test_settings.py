import stat

import pytest

from libong.settings import SettingsError, read_settings


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    for name in ("DATA_DIR", "SECRET_KEY", "HOST", "COOKIE_SECURE", "PORT", "DATABASE_URL"):
        monkeypatch.delenv(f"LIBONG_{name}", raising=False)


def test_variables_are_read_and_overridden(monkeypatch):
    monkeypatch.setenv("LIBONG_PORT", "8123")
    assert read_settings().port == 8123
    assert read_settings(port=9000, host=None).port == 9000


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("LIBONG_SECRET_KEY", "short", r"LIBONG_SECRET_KEY.*at least 32 characters, got 5"),
        ("LIBONG_PORT", "70000", r"LIBONG_PORT.*65535"),
        ("LIBONG_SESSION_HOURS", "0", r"LIBONG_SESSION_HOURS.*greater than 0"),
    ],
)
def test_an_unsafe_value_is_refused_by_name(monkeypatch, variable, value, told):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=told):
        read_settings()


def test_a_short_secret_is_not_repeated_in_the_message(monkeypatch):
    monkeypatch.setenv("LIBONG_SECRET_KEY", "hunter2hunter2")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("pier", False)],  # noqa: S104
)
def test_cookies_are_secure_off_loopback(host, loopback):
    settings = read_settings(host=host)
    assert settings.on_loopback is loopback
    assert settings.cookies_over_https_only is not loopback


def test_plain_cookies_on_a_network_are_refused():
    with pytest.raises(SettingsError, match=r"only allowed on loopback, not on 192\.168\.1\.5"):
        read_settings(host="192.168.1.5", cookie_secure=False)


def test_a_signing_key_is_made_once_and_private(tmp_path):
    settings = read_settings(data_dir=tmp_path / "new")
    key = settings.signing_key()
    assert len(key) >= 32
    assert settings.signing_key() == key
    assert stat.S_IMODE((tmp_path / "new" / "secret_key").stat().st_mode) == 0o600
    assert read_settings(data_dir=tmp_path / "other").signing_key() != key
