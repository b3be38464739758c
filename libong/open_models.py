"""Loads the models that the settings name."""

from detection.detector import Detector
from detection.engine import OpenVinoEngine
from detection.evaluation.memory import CANDIDATE_SCORE
from detection.evaluation.recalling_engine import RecallingEngine
from detection.evaluation.search import Searchers
from detection.manifest import Manifest, Model, read_manifest
from detection.model_folder import known_models
from detection.precision import Precision
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
    model = Model.read(settings.model)
    return detector_of(model, precision=settings.precision, min_score=min_score)


def detector_of(model: Model, *, precision: Precision, min_score: float | None = None) -> Detector:
    """Load the networks of a model, whatever model the settings name.

    Raises:
        ModelError: when they are not there, or are others.
    """
    engine, boat_engine = _networks(model, precision)
    return Detector(engine, model.manifest, boat_engine=boat_engine, min_score=min_score)


def open_searchers(settings: Settings) -> Searchers:
    """Load the model that the settings name for evaluation, each network once for two searches."""
    model = Model.read(settings.model)
    manifest = model.manifest
    own, boats = _networks(model, settings.precision)
    engine = RecallingEngine(own)
    boat_engine = None if boats is None else RecallingEngine(boats)
    return Searchers(
        Detector(engine, manifest, boat_engine=boat_engine),
        Detector(engine, manifest, boat_engine=boat_engine, min_score=CANDIDATE_SCORE),
        own.precision,
    )


def _networks(model: Model, precision: Precision) -> tuple[OpenVinoEngine, OpenVinoEngine | None]:
    model.check()
    manifest, folder = model.manifest, model.path.parent
    side = manifest.input_px
    engine = OpenVinoEngine(folder / manifest.file, side, precision=precision)
    boats = manifest.boat_network
    if boats is None:
        return engine, None
    return engine, OpenVinoEngine(folder / boats.file, side, precision=precision)
