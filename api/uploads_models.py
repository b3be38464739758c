"""What the JSON interface says and takes of flights on their way."""

from datetime import datetime
from typing import Any, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from patrol.uploads import FileOffer, FileState, Upload, UploadFile, UploadState

FILES_URL = "/api/v1/uploads/files"


class FileOfferIn(BaseModel):
    """A file that is to come."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(min_length=1, max_length=500, examples=["DCIM/DJI_0042.JPG"])
    size_bytes: int = Field(ge=0, lt=1 << 62, examples=[8_421_376])
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    def offer(self) -> FileOffer:
        """Return the offer that this says."""
        return FileOffer(self.path, self.size_bytes, self.sha256)


class ManifestIn(BaseModel):
    """All files of a flight, before any of them is sent."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, examples=["2026-11-22 morning"])
    files: list[FileOfferIn]


class FinishIn(BaseModel):
    """That all is sent."""

    model_config = ConfigDict(extra="forbid")

    leave_out_missing: bool = Field(
        default=False, description="refuse the files that have not come, instead of the step"
    )


class FileRefusalOut(BaseModel):
    """Why a file was refused, or has to be sent again, and what to do."""

    code: str = Field(examples=["wrong_type"])
    reason: str
    remedy: str


class UploadFileOut(BaseModel):
    """A file of a flight on its way."""

    path: str
    size_bytes: int
    sha256: str
    state: FileState
    url: str = Field(description="send its bytes here by tus 1.0", examples=[f"{FILES_URL}/0a1b"])
    refusal: FileRefusalOut | None

    @classmethod
    def of(cls, file: UploadFile) -> Self:
        """Return the answer that describes `file`."""
        refusal = file.refusal
        return cls(
            path=file.path,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            state=file.state,
            url=f"{FILES_URL}/{file.file_id}",
            refusal=None
            if refusal is None
            else FileRefusalOut(code=refusal.code, reason=refusal.text, remedy=refusal.remedy),
        )


class ProgressOut(BaseModel):
    """How far the processing is."""

    stage: str = Field(examples=["detect"])
    done: int = Field(description="frames, or files while they are read", examples=[12])
    total: int = Field(examples=[212])
    seconds_left: float | None = Field(description="in this stage, at its pace so far")


class UploadSummaryOut(BaseModel):
    """A flight on its way, in counts."""

    id: str
    name: str
    owner: str
    state: UploadState
    created_at_utc: AwareDatetime
    expires_at_utc: AwareDatetime = Field(description="an unfinished one must be announced again")
    received_at_utc: AwareDatetime | None
    files: int
    stored: int
    refused: int
    progress: ProgressOut | None = Field(description="while the flight is processed")
    flight_id: str | None = Field(description="set when the flight is logged")
    fault: str | None = Field(description="why the processing was given up")

    @classmethod
    def of(cls, upload: Upload, now: datetime) -> Self:
        """Return the answer that describes `upload`."""
        return cls(**_summary(upload, now))


class UploadOut(UploadSummaryOut):
    """A flight on its way, file by file."""

    listed: list[UploadFileOut]

    @classmethod
    def of(cls, upload: Upload, now: datetime) -> Self:
        """Return the answer that describes `upload`."""
        return cls(
            **_summary(upload, now), listed=[UploadFileOut.of(file) for file in upload.files]
        )


def _summary(upload: Upload, now: datetime) -> dict[str, Any]:
    progress = upload.progress if upload.state is UploadState.PROCESSING else None
    return {
        "id": upload.upload_id,
        "name": upload.name,
        "owner": upload.owner,
        "state": upload.state,
        "created_at_utc": upload.created_at_utc,
        "expires_at_utc": upload.expires_at_utc,
        "received_at_utc": upload.received_at_utc,
        "files": len(upload.files),
        "stored": len(upload.in_state(FileState.STORED)),
        "refused": len(upload.in_state(FileState.REFUSED)),
        "progress": progress
        and ProgressOut(
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            seconds_left=progress.seconds_left(now),
        ),
        "flight_id": upload.flight_id,
        "fault": upload.fault,
    }
