"""Loads the models that the settings name."""

from detection.detector import Detector
from detection.engine import OpenVinoEngine
from detection.evaluation.memory import CANDIDATE_SCORE
from detection.evaluation.recalling_engine import RecallingEngine
from detection.evaluation.search import Searchers
from detection.manifest import Manifest, Model, read_manifest
from detection.model_folder import known_models
from libong.settings import RELEASED_MODELS, SHIPPED_MODEL, Settings


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
