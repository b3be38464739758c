"""What the public may do with reports: send one, and learn by its code what became of it."""

from dataclasses import dataclass

from api.report_throttle import ReportThrottle
from patrol.witness_desk import WitnessDesk, spaced
from patrol.witness_photo import WitnessError
from patrol.witness_report import Fault, Provenance, WitnessAnswer, WitnessReport, WitnessStanding


@dataclass(frozen=True)
class CommunityDesk:
    """Stands between the public's pages and all that officers see; nothing else leads there."""

    desk: WitnessDesk
    throttle: ReportThrottle

    def take(self, report: WitnessReport, address: str) -> WitnessAnswer:
        """Take a report from an address of the network, or say why not."""
        if not self.throttle.try_take(address):
            return WitnessAnswer(None, Fault.TOO_MANY)
        try:
            filed = self.desk.take(report, Provenance.COMMUNITY)
        except WitnessError as error:
            return WitnessAnswer(None, error.fault)
        return WitnessAnswer(spaced(filed.code))

    def standing(self, code: str) -> WitnessStanding | None:
        """Return what the holder of a code may know; None for a code that was never given out."""
        return self.desk.standing(code)
