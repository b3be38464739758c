"""Builds the parts from the settings: the only place where they meet."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from detection.detector import Detector
from detection.engine import OpenVinoEngine
from detection.evaluation.memory import CANDIDATE_SCORE
from detection.evaluation.recalling_engine import RecallingEngine
from detection.evaluation.search import Searchers
from detection.manifest import Manifest, Model, read_manifest
from detection.model_folder import known_models
from libong.settings import RELEASED_MODELS, SHIPPED_MODEL, Settings, SettingsError
from patrol.checkpoint_key import SiteKey
from patrol.media import MediaStore
from patrol.site import Site, load_site, shipped_site
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


def open_site(name: str, *, sea_level_ellipsoid_m: float | None = None) -> Site:
    """Load a shipped site by name or any site from a folder, with another sea level when given."""
    folder = Path(name)
    site = load_site(folder) if folder.is_dir() else shipped_site(name)
    if sea_level_ellipsoid_m is None:
        return site
    reference = replace(
        site.reference,
        sea_level_ellipsoid_m=sea_level_ellipsoid_m,
        # who names the sea's ellipsoidal height says that the photos count from the ellipsoid
        bare_altitude_is_ellipsoidal=True,
    )
    return replace(site, reference=reference)


def open_desk(
    settings: Settings, store: Store, media: MediaStore, now: Callable[[], datetime]
) -> Desk:
    """Open where flights arrive over the network; their parts lie in the data folder."""
    settings.make_data_dir()
    policy = UploadPolicy(quota_bytes=int(settings.upload_quota_gib * 2**30))
    return Desk(store.uploads, media, settings.data_dir / "uploads", policy, now)


def known_manifests(settings: Settings) -> tuple[Manifest, ...]:
    """Return the models known here: those made here, the shipped one, and those shipped before.

    Of the last there are manifests without weights: a laptop that was not upgraded yet still sends
    what they found.
    """
    made_here = [model.manifest for model in known_models(settings.models_dir)]
    released = sorted(RELEASED_MODELS.glob("*.json"))
    return tuple(read_manifest(path) for path in (*made_here, SHIPPED_MODEL, *released))


def open_detector(settings: Settings, *, min_score: float | None = None) -> Detector:
    """Load the model that the settings name."""
    return detector_of(Model.read(settings.model), min_score=min_score)


def detector_of(model: Model, *, min_score: float | None = None) -> Detector:
    """Load the networks of a model, whatever the settings name.

    Raises:
        ModelError: when they are not there, or are others.
    """
    engine, boat_engine = _networks(model)
    return Detector(engine, model.manifest, boat_engine=boat_engine, min_score=min_score)


def open_searchers(settings: Settings) -> Searchers:
    """Load the model that the settings name for evaluation, each network once for two searches."""
    model = Model.read(settings.model)
    manifest = model.manifest
    own, boats = _networks(model)
    engine = RecallingEngine(own)
    boat_engine = None if boats is None else RecallingEngine(boats)
    return Searchers(
        Detector(engine, manifest, boat_engine=boat_engine),
        Detector(engine, manifest, boat_engine=boat_engine, min_score=CANDIDATE_SCORE),
    )


def _networks(model: Model) -> tuple[OpenVinoEngine, OpenVinoEngine | None]:
    model.check()
    manifest, folder = model.manifest, model.path.parent
    engine = OpenVinoEngine(folder / manifest.file, manifest.input_px)
    boats = manifest.boat_network
    boat_engine = OpenVinoEngine(folder / boats.file, manifest.input_px) if boats else None
    return engine, boat_engine
