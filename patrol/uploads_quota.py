"""How much a user may send in a rolling time, and how much of it is spent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Exists, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from patrol.tables import UserRow
from patrol.uploads import FileState, QuotaError, UploadPolicy, UploadState
from patrol.uploads_rows import UploadFileRow, UploadRow

# Returns how many bytes lie here of a file, by the ids of its upload and its own.
PartBytes = Callable[[str, str], int]


@dataclass(frozen=True)
class Quota:
    """What a user wants to send now, against what `policy` lets them."""

    policy: UploadPolicy
    now: datetime
    wanted_bytes: int
    part_bytes: PartBytes


def check_quota(session: Session, owner: str, quota: Quota, *, but: str = "") -> None:
    """Raise QuotaError when it is too much; the upload `but` does not count.

    The transaction holds the user's row from here on: two announcements at once would both find
    room for themselves alone.
    """
    session.get(UserRow, owner, with_for_update=True)
    most, days = quota.policy.quota_bytes, quota.policy.quota_days
    spent = _spent_bytes(session, owner, quota, but)
    if spent + quota.wanted_bytes > most:
        raise QuotaError(
            f"a user may send {most >> 20} MiB in {days} days; this flight takes "
            f"{quota.wanted_bytes >> 20} MiB and {max(0, most - spent) >> 20} MiB are left. Send "
            "fewer files, or ask an administrator for more"
        )


def _spent_bytes(session: Session, owner: str, quota: Quota, but: str) -> int:
    """Count what is kept or to come, each content once, and what else of the user lies here.

    That are parts of files that were refused or waited too long, and bytes that turned out to be
    others than announced: nothing of it is deleted, so that it would fill the disk uncounted.
    """
    since = quota.now - timedelta(days=quota.policy.quota_days)
    expired = UploadRow.expires_at_utc <= quota.now
    lately = and_(
        UploadRow.owner == owner,
        UploadRow.upload_id != but,
        or_(
            UploadRow.created_at_utc >= since,
            # one that waited longer and was taken up again
            and_(UploadRow.state == UploadState.OPEN.value, ~expired),
        ),
    )
    waits = UploadFileRow.state == FileState.WAITING.value
    files = select(UploadFileRow).join(UploadRow, UploadRow.upload_id == UploadFileRow.upload_id)
    counted = or_(UploadFileRow.state == FileState.STORED.value, and_(waits, ~expired))
    contents = (
        files.where(lately, counted, ~_kept_before(owner, since))
        .with_only_columns(UploadFileRow.sha256, UploadFileRow.size_bytes)
        .distinct()
        .subquery()
    )
    aside = files.where(lately, UploadFileRow.wrong_hashes > 0).with_only_columns(
        func.coalesce(func.sum(UploadFileRow.size_bytes * UploadFileRow.wrong_hashes), 0)
    )
    left_over = files.where(
        lately, or_(UploadFileRow.state == FileState.REFUSED.value, and_(waits, expired))
    ).with_only_columns(UploadFileRow.upload_id, UploadFileRow.file_id)
    return (
        int(session.scalar(select(func.coalesce(func.sum(contents.c.size_bytes), 0))) or 0)
        + int(session.scalar(aside) or 0)
        + sum(quota.part_bytes(upload, file) for upload, file in session.execute(left_over))
    )


def _kept_before(owner: str, since: datetime) -> Exists:
    """Whether the user sent a file's content before the time that counts."""
    file, upload = aliased(UploadFileRow), aliased(UploadRow)
    return (
        select(file.file_id)
        .join(upload, upload.upload_id == file.upload_id)
        .where(
            file.sha256 == UploadFileRow.sha256,
            file.state == FileState.STORED.value,
            upload.owner == owner,
            upload.created_at_utc < since,
        )
        .exists()
    )
