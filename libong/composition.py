"""Builds store, media and desk from the settings: the only place where they meet."""

from collections.abc import Callable
from datetime import datetime

from libong.settings import Settings, SettingsError
from patrol.checkpoint_key import SiteKey
from patrol.media import MediaStore
from patrol.store import Store
from patrol.uploads import UploadPolicy
from patrol.uploads_desk import Desk


def open_store(settings: Settings) -> Store:
    """Open the database, bringing its schema up to date; its ledger is signed when that is due."""
    settings.make_data_dir()
    store = Store(settings.store_url, SiteKey.kept_at(settings.site_key_file))
    store.migrate()
    return store


def open_media(settings: Settings) -> MediaStore:
    """Open the media store.

    Raises:
        SettingsError: for a URL whose kind of storage is not installed.
    """
    if not settings.media_url:
        settings.make_data_dir()
    try:
        return MediaStore(settings.media_store_url)
    except (ValueError, ImportError, OSError) as exc:
        raise SettingsError(
            f"LIBONG_MEDIA_URL {settings.media_store_url} cannot be opened: {exc}"
        ) from exc


def open_desk(
    settings: Settings, store: Store, media: MediaStore, now: Callable[[], datetime]
) -> Desk:
    """Open where flights arrive over the network; their parts lie in the data folder."""
    settings.make_data_dir()
    policy = UploadPolicy(quota_bytes=int(settings.upload_quota_gib * 2**30))
    return Desk(store.uploads, media, settings.data_dir / "uploads", policy, now)
