"""What measuring a model beside the one it came from said, kept in a file beside its manifest.

A model without a verdict was not measured to the end: its making was stopped, or it is from
elsewhere.
"""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from detection.errors import ModelError
from detection.whole_file import write_whole

_FILE = "verdict.json"


class Verdict(BaseModel):
    """`against` says in words what speaks against use; nothing there says that it is no worse."""

    model_config = ConfigDict(frozen=True)

    measured_at_utc: AwareDatetime
    beside_sha256: str
    against: tuple[str, ...]


def write_verdict(manifest: Path, *, beside_sha256: str, against: tuple[str, ...]) -> Verdict:
    """Keep what was measured of a model, beside that of another hash."""
    verdict = Verdict(
        measured_at_utc=datetime.now(UTC), beside_sha256=beside_sha256, against=against
    )
    write_whole(manifest.with_name(_FILE), f"{verdict.model_dump_json(indent=1)}\n".encode())
    return verdict


def forget_verdict(manifest: Path) -> None:
    """Take back what was said of a model that is about to be measured anew."""
    manifest.with_name(_FILE).unlink(missing_ok=True)


def verdict_of(manifest: Path) -> Verdict | None:
    """Return what was said of a model, None where it was not measured to the end.

    Raises:
        ModelError: when what was kept cannot be read.
    """
    path = manifest.with_name(_FILE)
    try:
        return Verdict.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as exc:
        raise ModelError(
            f"{path} cannot be read ({exc}), so that nobody knows how the model did; delete it and "
            "the model counts as not measured"
        ) from exc
