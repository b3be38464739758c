"""What was found in pictures, kept in files, so that they need not be searched again."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

import detection
import ingest
from detection.manifest import Manifest
from detection.types import Detection
from detection.whole_file import write_whole
from ingest.frame import Frame
from ingest.quality import FrameQuality

# Low enough to see the whole trade between misses and false alarms.
CANDIDATE_SCORE = 0.05


@dataclass(frozen=True)
class Found:
    """What was found in a picture at the operating thresholds, and from `CANDIDATE_SCORE` on.

    `quality` is None of a picture without place.
    """

    operating: tuple[Detection, ...]
    candidates: tuple[Detection, ...]
    quality: FrameQuality | None


_FOUND = TypeAdapter(Found)


class Memory:
    """What was found by what it depends on, a file a picture; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        """Use a folder, which need not be there yet."""
        self._folder = folder
        self._code = _code_digest()

    def recall(
        self,
        model: tuple[Manifest, str | None],
        frame: Frame | None,
        picture_sha256: str,
        search: Callable[[], Found],
    ) -> Found:
        """Read what was found before, or search and keep it.

        `model` is the manifest and what its networks compute in, where that is known.
        """
        manifest, precision = model
        if self._folder is None:
            return search()
        depends_on = (
            self._code,
            picture_sha256,
            manifest.model_dump(mode="json", exclude={"metrics"}),
            precision,
            CANDIDATE_SCORE,
            None if frame is None else (repr(frame.camera), repr(frame.pose)),
            None if frame is None else frame.taken_at_utc.isoformat(),
        )
        key = sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()
        file = self._folder / f"{key[:32]}.json"
        kept = _read(file)
        if kept is not None:
            return kept
        found = search()
        self._folder.mkdir(parents=True, exist_ok=True)
        write_whole(file, _FOUND.dump_json(found))
        return found


def _code_digest() -> str:
    """What the modules are that read, measure and search pictures; a changed one searches anew."""
    digest = sha256()
    for package in (detection, ingest):
        for folder in package.__path__:
            for path in sorted(Path(folder).glob("*.py")):
                digest.update(path.read_bytes())
    return digest.hexdigest()


def _read(file: Path) -> Found | None:
    """What a file kept; None where there is none, or one that was cut short or changed."""
    try:
        return _FOUND.validate_json(file.read_bytes())
    except (OSError, ValidationError):
        return None
