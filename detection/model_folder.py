"""The models of this installation: a folder each, named by hash, and which one is promoted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from detection.errors import ModelError
from detection.manifest import load_manifest
from detection.whole_file import write_whole

MANIFEST_FILE = "manifest.json"
_PROMOTED_FILE = "promoted.json"


class _Promotions(BaseModel):
    """Hashes in the order of their promotion; the last one is in use."""

    promoted: list[str] = Field(default_factory=list)


@dataclass(frozen=True)
class KnownModel:
    """A model in the folder; `promoted` when it is in use."""

    sha256: str
    manifest: Path
    promoted: bool


def promoted_manifest(folder: Path) -> Path | None:
    """Return the manifest of the model in use, None when none was promoted; reads one small file.

    Raises:
        ModelError: when the record of promotions cannot be read.
    """
    history = _promotions(folder).promoted
    return folder / history[-1] / MANIFEST_FILE if history else None


def known_models(folder: Path) -> Iterator[KnownModel]:
    """Yield the models of the folder, by hash."""
    in_use = promoted_manifest(folder)
    for manifest in sorted(folder.glob(f"*/{MANIFEST_FILE}")):
        yield KnownModel(manifest.parent.name, manifest, promoted=manifest == in_use)


def model_named(folder: Path, sha256: str) -> KnownModel:
    """Return the model of a hash, or of a hash's beginning.

    Raises:
        ModelError: when none or several hashes begin so.
    """
    fitting = [m for m in known_models(folder) if m.sha256.startswith(sha256)]
    if len(fitting) != 1 or not sha256:
        raise ModelError(
            f"{len(fitting)} models in {folder} have a hash that begins with {sha256!r}; list them "
            "with: libong models list"
        )
    return fitting[0]


def promote(folder: Path, sha256: str) -> Path:
    """Take a model of the folder into use, named by its hash or the hash's beginning.

    Returns its manifest. Raises:
        ModelError: when none or several hashes begin so, or the model is damaged.
    """
    model = model_named(folder, sha256)
    load_manifest(model.manifest)  # its weights are whole
    history = _promotions(folder).promoted
    if not history or history[-1] != model.sha256:
        _write(folder, [*history, model.sha256])
    return model.manifest


def revert(folder: Path) -> Path | None:
    """Go back to the model used before; returns its manifest, None for the one that is shipped.

    Raises:
        ModelError: when none was promoted.
    """
    history = _promotions(folder).promoted
    if not history:
        raise ModelError(f"no model of {folder} is promoted, so there is none to go back from")
    _write(folder, history[:-1])
    return promoted_manifest(folder)


def _promotions(folder: Path) -> _Promotions:
    path = folder / _PROMOTED_FILE
    try:
        return _Promotions.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return _Promotions()
    except (OSError, ValidationError) as exc:
        raise ModelError(
            f"{path} must name the promoted models; it cannot be read ({exc}). Delete it to use "
            "the shipped model, then promote one anew"
        ) from exc


def _write(folder: Path, history: list[str]) -> None:
    document = json.dumps({"promoted": history}, indent=1) + "\n"
    write_whole(folder / _PROMOTED_FILE, document.encode())
