"""The models of this installation as a table: made of what, how each was found, which is in use."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Self

from rich.table import Table

from detection.manifest import read_manifest
from detection.model_folder import KnownModel, known_models
from detection.model_verdict import verdict_of
from libong.cli.output import JsonOption, console, print_json
from libong.settings import read_settings

_FOUND = {None: "not measured", True: "worse", False: "no worse"}


@dataclass(frozen=True)
class _Row:
    """A model as it is listed; `worse` is None where it was not measured to the end."""

    sha256: str
    manifest: str
    promoted: bool
    kind: str
    made_of: str | None
    made_at_utc: datetime | None
    learnt_frames: int | None
    worse: bool | None

    @classmethod
    def of(cls, model: KnownModel) -> Self:
        training, verdict = read_manifest(model.manifest).training, verdict_of(model.manifest)
        return cls(
            model.sha256,
            str(model.manifest),
            model.promoted,
            "fine-tuned" if training.eight_bits_of is None else "eight bits",
            training.eight_bits_of or training.fine_tuned_from,
            training.at_utc,
            training.learnt_frames,
            None if verdict is None else bool(verdict.against),
        )


def list_models(as_json: JsonOption = False) -> None:
    """List the models that were made here, of what, how each was found, and which is in use."""
    settings = read_settings()
    rows = [_Row.of(model) for model in known_models(settings.models_dir)]
    rows.sort(key=lambda row: (row.made_at_utc or datetime.min.replace(tzinfo=UTC), row.sha256))
    if as_json:
        made = (row.made_at_utc and row.made_at_utc.isoformat() for row in rows)
        print_json([asdict(row) | {"made_at_utc": at} for row, at in zip(rows, made, strict=True)])
        return
    table = Table("model", "made", "from", "frames learnt", "found", "in use")
    for row in rows:
        table.add_row(
            row.sha256[:12],
            "" if row.made_at_utc is None else f"{row.made_at_utc:%Y-%m-%d %H:%M} UTC",
            "" if row.made_of is None else f"{row.made_of[:12]}, {row.kind}",
            "" if row.learnt_frames is None else str(row.learnt_frames),
            _FOUND[row.worse],
            "yes" if row.manifest == str(settings.model) else "",
        )
    console.print(table)
    console.print(f"in use: {settings.model}", highlight=False)
