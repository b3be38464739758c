"""The only reader of the environment: LIBONG_… variables, typed, with unsafe values refused."""

import os
import secrets
import tempfile
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from detection.model_folder import promoted_manifest
from detection.precision import Precision
from ingest.errors import LibongError

HOUSE = Path(__file__).resolve().parent.parent
SHIPPED_MODEL = HOUSE / "models" / "manifest.json"
RELEASED_MODELS = HOUSE / "models" / "released"
SHORTEST_SECRET = 32
_MODELS = "models"


class SettingsError(LibongError, ValueError):
    """A setting that is missing, malformed or unsafe."""


def is_loopback(host: str) -> bool:
    """Say whether a host's name or address is of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """Where data lives and how the service runs; each field is read from LIBONG_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="LIBONG_", frozen=True, extra="ignore")

    data_dir: Path = Field(
        default_factory=lambda: user_data_path("libong-watch", appauthor=False),
        description="folder of database, media and secret key",
    )
    database_url: str = Field(
        default="", description="SQLAlchemy URL; empty: SQLite in the data folder"
    )
    media_url: str = Field(
        default="", description="fsspec URL of photos and crops; empty: the data folder"
    )
    site: str = Field(default="koh_libong", description="name of a shipped site, or a folder")
    model: Path = Field(
        default_factory=lambda given: (
            promoted_manifest(given["data_dir"] / _MODELS) or SHIPPED_MODEL
        ),
        description="manifest of the detector's weights; unset: the promoted or shipped model",
    )
    precision: Precision = Field(
        default=Precision.AUTO,
        description="auto: the networks compute in bf16 where the processor does; f32: never",
    )
    field_data: Path | None = Field(
        default=None, description="folder of real photos and pretrained weights, for training"
    )
    test_postgres: str | None = Field(
        default=None, description="a PostgreSQL server for tests and benchmarks, never for work"
    )
    secret_key: SecretStr | None = Field(
        default=None, description="signs sessions; unset: made once and kept in the data folder"
    )
    site_key: Path | None = Field(
        default=None,
        description="file of the key that signs the ledger; unset: made once in the data folder",
    )
    host: str = Field(default="127.0.0.1", description="address to serve on")
    port: int = Field(default=8000, ge=1, le=65535)
    session_hours: float = Field(default=12, gt=0, le=24 * 31)
    officers_need_second_factor: bool = Field(
        default=False, description="let officers act only once they have set up an app's codes"
    )
    public_address: str | None = Field(
        default=None,
        pattern="^https?://",
        description="where people find the pages, for links in messages, feeds and the poster",
    )
    notify: Path | None = Field(
        default=None, description="file of the people to tell of alerts and zone changes"
    )
    proxies: str = Field(
        default="127.0.0.1",
        description="addresses of TLS proxies, which alone may say where a request came from",
    )
    token: SecretStr | None = Field(
        default=None, description="this device's token, for `libong push`"
    )
    upload_quota_gib: float = Field(
        default=200, gt=0, description="what one user may send in 30 days, in GiB"
    )
    cookie_secure: bool | None = Field(
        default=None,
        description="send the session cookie over HTTPS only; unset: unless on loopback",
    )

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(
                f"must have at least {SHORTEST_SECRET} characters, "
                f"got {len(value.get_secret_value())}; leave it unset to have one made"
            )
        return value

    @model_validator(mode="after")
    def _no_plain_cookies_on_a_network(self) -> "Settings":
        if self.cookie_secure is False and not self.on_loopback:
            raise ValueError(
                f"LIBONG_COOKIE_SECURE=false is only allowed on loopback, not on {self.host}. "
                "Put a TLS proxy before the service instead"
            )
        return self

    @property
    def on_loopback(self) -> bool:
        """Say whether only this machine can reach the service."""
        return is_loopback(self.host)

    @property
    def cookies_over_https_only(self) -> bool:
        """Say whether session cookies carry the Secure attribute."""
        return (not self.on_loopback) if self.cookie_secure is None else self.cookie_secure

    @property
    def store_url(self) -> str:
        """Return the database's URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'libong.sqlite3'}"

    @property
    def media_store_url(self) -> str:
        """Return the URL of the media store."""
        return self.media_url or (self.data_dir / "media").resolve().as_uri()

    @property
    def site_key_file(self) -> Path:
        """Return the file of the key that signs the ledger."""
        return self.site_key or self.data_dir / "site_key"

    @property
    def trusted_keys_file(self) -> Path:
        """Return the file of the public keys that signed a ledger restored from a backup."""
        return self.data_dir / "trusted_keys.pem"

    @property
    def models_dir(self) -> Path:
        """Return the folder of models that were fine-tuned here, one folder for each."""
        return self.data_dir / _MODELS

    def signing_key(self) -> str:
        """Return the secret that signs sessions, making and keeping one on first use."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        path = self.data_dir / "secret_key"
        self.make_data_dir()
        if not path.exists():
            # mkstemp makes the file private; the link appears whole, or another process's does
            handle, made = tempfile.mkstemp(dir=self.data_dir)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
            with suppress(FileExistsError):
                os.link(made, path)
            Path(made).unlink()
        key = path.read_text(encoding="ascii").strip()
        if len(key) < SHORTEST_SECRET:
            raise SettingsError(
                f"{path} holds no key of at least {SHORTEST_SECRET} characters; delete it to have "
                "one made (all logins end)"
            )
        return key

    def make_data_dir(self) -> None:
        """Make the data folder, readable by its owner alone: it holds where animals were.

        Raises:
            SettingsError: when it cannot be made.
        """
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as exc:
            raise SettingsError(
                f"the data folder {self.data_dir} cannot be made ({exc.strerror}); "
                "set LIBONG_DATA_DIR to a folder you may write to"
            ) from exc


def read_settings(**overrides: object) -> Settings:
    """Read the environment; `overrides` that are not None win over it.

    Raises:
        SettingsError: naming each variable and its fault.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic validates what comes in
    except ValidationError as exc:
        faults = "; ".join(
            f"{_variable(error['loc'])}: {error['msg'].removeprefix('Value error, ')}"
            for error in exc.errors()
        )
        raise SettingsError(f"the settings cannot be used: {faults}") from exc


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment in which another process of this machine keeps to the same places.

    A model is named there only where one was named here: else the one in use may change meanwhile.
    """
    places: dict[str, object] = {
        "data_dir": settings.data_dir.resolve(),
        "database_url": settings.database_url,
        "media_url": settings.media_url,
        "site": settings.site,
        "precision": settings.precision,
    }
    if "model" in settings.model_fields_set:
        places["model"] = settings.model.resolve()
    return os.environ | {_variable((name,)): str(value) for name, value in places.items()}


def _variable(location: tuple[int | str, ...]) -> str:
    return f"LIBONG_{str(location[0]).upper()}" if location else "settings"
