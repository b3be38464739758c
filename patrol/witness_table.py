"""Reports of people in the database: who sent which, and the code by which it is followed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from patrol.records import Records
from patrol.tables import Base
from patrol.witness_report import Provenance, WitnessKind


class WitnessRow(Base):
    """A report; what it says is in the media store and in its incident."""

    __tablename__ = "witness_reports"

    report_id: Mapped[str] = mapped_column(
        String(64), ForeignKey("flights.flight_id"), primary_key=True
    )
    code: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    provenance: Mapped[str] = mapped_column(String(16))
    reporter: Mapped[str | None] = mapped_column(String(64), ForeignKey("users.name"))
    incident_id: Mapped[str] = mapped_column(String(64), ForeignKey("incidents.incident_id"))
    document_sha256: Mapped[str] = mapped_column(String(64))
    photo_sha256: Mapped[str | None] = mapped_column(String(64))
    received_at_utc: Mapped[datetime]


@dataclass(frozen=True)
class FiledReport:
    """A report that became an incident; document and photo are in the media store."""

    report_id: str
    code: str
    kind: WitnessKind
    provenance: Provenance
    reporter: str | None
    incident_id: str
    document_sha256: str
    photo_sha256: str | None
    received_at_utc: datetime


class Witnesses(Records):
    """Reports as they were filed, once and for good; each call is one transaction."""

    def file(self, filed: FiledReport) -> FiledReport:
        """File a report, or return it as it was filed before."""
        with self._writing() as session, session.begin():
            row = session.get(WitnessRow, filed.report_id)
            if row is None:
                row = WitnessRow(
                    report_id=filed.report_id,
                    code=filed.code,
                    kind=filed.kind.value,
                    provenance=filed.provenance.value,
                    reporter=filed.reporter,
                    incident_id=filed.incident_id,
                    document_sha256=filed.document_sha256,
                    photo_sha256=filed.photo_sha256,
                    received_at_utc=filed.received_at_utc,
                )
                session.add(row)
                session.flush()
            return _filed(row)

    def by_code(self, code: str) -> FiledReport | None:
        """Return the report of a code; None for one that was never given out."""
        return self._one(code, by="code")

    def by_id(self, report_id: str) -> FiledReport | None:
        """Return a report by its id, which is also that of its flight; None for another flight."""
        return self._one(report_id, by="report_id")

    def _one(self, value: str, *, by: str) -> FiledReport | None:
        if not (value.isascii() and value.isalnum()):
            return None
        column = {"code": WitnessRow.code, "report_id": WitnessRow.report_id}[by]
        with self._reading() as session:
            row = session.scalar(select(WitnessRow).where(column == value))
            return None if row is None else _filed(row)


def _filed(row: WitnessRow) -> FiledReport:
    return FiledReport(
        report_id=row.report_id,
        code=row.code,
        kind=WitnessKind(row.kind),
        provenance=Provenance(row.provenance),
        reporter=row.reporter,
        incident_id=row.incident_id,
        document_sha256=row.document_sha256,
        photo_sha256=row.photo_sha256,
        received_at_utc=row.received_at_utc,
    )
