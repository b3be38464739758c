"""The file that names whom to tell: it holds addresses with secrets, and is kept like a key."""

import stat
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from api.language import Language
from ingest.errors import LibongError
from patrol.notice import Audience, Hours, Recipient
from patrol.verdict import Priority


class NotifyFileError(LibongError, ValueError):
    """A file of recipients that cannot be used."""


@dataclass(frozen=True)
class Addressed:
    """A recipient, the language they read, and their apprise URLs."""

    recipient: Recipient
    language: Language
    urls: tuple[SecretStr, ...]


class _Recipient(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=64)
    audience: Audience
    urls: list[SecretStr] = Field(min_length=1)
    language: Language = Language.THAI
    zones: frozenset[str] = frozenset()
    least_priority: Priority = Priority.LOW
    hours: tuple[time, time] | None = None
    urgent_any_time: bool = True


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    recipients: list[_Recipient] = Field(min_length=1)


def read_notify_file(path: Path, zone_ids: frozenset[str]) -> Sequence[Addressed]:
    """Read the recipients; `zone_ids` are those of the site.

    Raises NotifyFileError for a file that others may read, that is no such file, that names a
    recipient twice or a zone that is not there.
    """
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise NotifyFileError(
                f"{path} holds secrets and others may read it; run: chmod 600 {path}"
            )
        read = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as fault:
        first = fault.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise NotifyFileError(f"{path}, {place}: {first['msg']}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise NotifyFileError(f"{path} cannot be read as a file of recipients: {fault}") from fault
    names = [each.name for each in read.recipients]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise NotifyFileError(f"{path} names {', '.join(twice)} twice; give each another name")
    unknown = sorted({zone for each in read.recipients for zone in each.zones} - zone_ids)
    if unknown:
        raise NotifyFileError(
            f"{path} names zones that are not on the site: {', '.join(unknown)}; "
            f"there are {', '.join(sorted(zone_ids))}"
        )
    return [_addressed(each) for each in read.recipients]


def _addressed(read: _Recipient) -> Addressed:
    recipient = Recipient(
        name=read.name,
        audience=read.audience,
        zones=read.zones,
        least_priority=read.least_priority,
        hours=Hours(*read.hours) if read.hours else None,
        urgent_any_time=read.urgent_any_time,
    )
    return Addressed(recipient, read.language, tuple(read.urls))
