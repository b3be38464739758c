"""The sentences of verdicts, in Thai and English. They name facts and call nothing illegal."""

from detection.tracks import KNOTS_PER_M_S
from detection.types import ObjectClass, Sighting
from patrol.compliance import SIGMAS_OF_95_PERCENT
from patrol.place_error import ERRORS_OF_95_PERCENT
from patrol.rules.place import Place
from patrol.verdict import Certainty
from patrol.zones import Binding, RuleName, Zone

Words = tuple[str, str]

_SUBJECT = {
    ObjectClass.BOAT: ("เรือ", "Boat"),
    ObjectClass.FISHING_GEAR: ("เครื่องมือประมง", "Fishing gear"),
    ObjectClass.DUGONG: ("พะยูน", "Dugong"),
}

_RULE_WORDS = {
    RuleName.BOAT_IN_CLOSED_ZONE: ("เขตงดเข้า", "zone closed to boats"),
    RuleName.BOAT_IN_GO_SLOW_ZONE: ("เขตชะลอความเร็ว", "go-slow zone"),
    RuleName.GEAR_IN_NO_FISHING_ZONE: ("เขตห้ามทำประมง", "no-fishing zone"),
    RuleName.DUGONG_SIGHTING: ("เขตเฝ้าระวังพะยูน", "zone watched for dugongs"),
}

# A proposal asks; only a law forbids.
_PROPOSAL_WORDS = _RULE_WORDS | {
    RuleName.BOAT_IN_CLOSED_ZONE: ("เขตที่ขอให้งดเข้า", "zone that boats are asked to keep out of"),
    RuleName.GEAR_IN_NO_FISHING_ZONE: ("เขตที่ขอให้งดทำประมง", "zone that fishers are asked to spare"),
}


def zone_words(rule: RuleName, zone: Zone, sighting: Sighting, place: Place, more: Words) -> Words:
    """Return the reason of a verdict about a zone; `more` stands before what force it has."""
    subject_th, subject_en = _SUBJECT[sighting.object_class]
    is_request = zone.binding is Binding.PROPOSAL and rule is not RuleName.DUGONG_SIGHTING
    words_th, words_en = (_PROPOSAL_WORDS if is_request else _RULE_WORDS)[rule]
    force_th, force_en = (
        (" (ข้อเสนอ ยังไม่มีผลทางกฎหมาย)", " (a proposal, not law)") if is_request else ("", "")
    )
    drawn_th, drawn_en = (
        (" (แนวเขตโดยประมาณ)", " (outline indicative)") if zone.indicative else ("", "")
    )
    margin_m = ERRORS_OF_95_PERCENT * sighting.error_m
    if place.certainty is Certainty.INSIDE:
        where_th = f"อยู่ใน{words_th} “{zone.name_th}” ห่างจากขอบเขต"
        where_en = f"in the {words_en} “{zone.name_en}”,"
        doubt_th = doubt_en = ""
    else:
        chance = max(1, min(99, round(100 * place.probability)))
        where_th = f"อยู่ที่ขอบของ{words_th} “{zone.name_th}” ห่างจากขอบเขต"
        where_en = f"at the edge of the {words_en} “{zone.name_en}”,"
        doubt_th = f" อาจอยู่นอกหรือในเขต (โอกาสที่อยู่ในเขต {chance} %)"
        doubt_en = f", so it may be inside or outside ({chance} % inside)"
    return (
        f"{subject_th}{where_th} {place.edge_m:.0f} ± {margin_m:.0f} ม.{doubt_th}"
        f"{more[0]}{force_th}{drawn_th}",
        f"{subject_en} {where_en} {place.edge_m:.0f} ± {margin_m:.0f} m from its edge"
        f"{doubt_en}{more[1]}{force_en}{drawn_en}",
    )


def speed_words(sighting: Sighting) -> Words:
    """Return the measured speed of a boat in words; that it is not known, where it is not."""
    if sighting.object_class is not ObjectClass.BOAT:
        return "", ""
    speed_m_s, sigma_m_s = sighting.speed_m_s, sighting.speed_sigma_m_s
    if speed_m_s is None or sigma_m_s is None:
        return " ไม่ทราบความเร็ว (อาจจอดอยู่)", "; speed not known (it may be at rest)"
    kn = speed_m_s * KNOTS_PER_M_S
    margin_kn = SIGMAS_OF_95_PERCENT * sigma_m_s * KNOTS_PER_M_S
    return (
        f" ความเร็วที่วัดได้ {kn:.1f} ± {margin_kn:.1f} นอต ({speed_m_s * 3.6:.0f} กม./ชม.)",
        f"; measured speed {kn:.1f} ± {margin_kn:.1f} kn ({speed_m_s * 3.6:.0f} km/h)",
    )


def joined(*words: Words) -> Words:
    """Return words one after the other, in each language."""
    return "".join(th for th, _ in words), "".join(en for _, en in words)
