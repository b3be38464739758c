"""Words in Thai and English for what exports tell, and the colours of priorities."""

from collections.abc import Mapping
from typing import NamedTuple

from detection.types import ObjectClass
from patrol.incident import State
from patrol.site import Site
from patrol.verdict import Certainty, Priority
from patrol.zones import RuleName


class Words(NamedTuple):
    """The same in Thai and in English."""

    th: str
    en: str


CLASS_WORDS: Mapping[ObjectClass, Words] = {
    ObjectClass.DUGONG: Words("พะยูน", "Dugong"),
    ObjectClass.BOAT: Words("เรือ", "Boat"),
    ObjectClass.FISHING_GEAR: Words("เครื่องมือประมง", "Fishing gear"),
}

STATE_WORDS: Mapping[State, Words] = {
    State.NEW: Words("ใหม่", "New"),
    State.CONFIRMED: Words("ยืนยันแล้ว", "Confirmed"),
    State.RESPONDING: Words("กำลังดำเนินการ", "Responding"),
    State.RESOLVED: Words("ปิดเรื่องแล้ว", "Resolved"),
    State.DISMISSED: Words("ไม่ใช่เหตุ", "Dismissed"),
    State.RETRACTED: Words("ถอนคืนแล้ว", "Retracted"),
}

PRIORITY_WORDS: Mapping[Priority, Words] = {
    Priority.HIGH: Words("ด่วน", "Urgent"),
    Priority.NORMAL: Words("ควรดูเร็ว ๆ นี้", "Soon"),
    Priority.LOW: Words("เมื่อมีเวลา", "When there is time"),
}

CERTAINTY_WORDS: Mapping[Certainty, Words] = {
    Certainty.INSIDE: Words("แน่ชัด", "Sure, as far as the position goes"),
    Certainty.BOUNDARY: Words(
        "ไม่แน่ชัด เพราะตำแหน่งคลาดเคลื่อนได้", "In doubt, because of the position's error"
    ),
    Certainty.UNKNOWN: Words(
        "บอกไม่ได้ เพราะวัดความเร็วหรือระดับน้ำไม่ได้ หรือไม่ทราบว่าเป็นสิ่งเดียวกันหรือไม่",
        "Cannot be told: speed, tide or which thing it is was not measured",
    ),
}

RULE_WORDS: Mapping[RuleName, Words] = {
    RuleName.BOAT_IN_CLOSED_ZONE: Words("เรืออยู่ในเขตงดเข้า", "Boat in a closed zone"),
    RuleName.BOAT_IN_GO_SLOW_ZONE: Words("เรืออยู่ในเขตชะลอความเร็ว", "Boat in a go-slow zone"),
    RuleName.GEAR_IN_NO_FISHING_ZONE: Words(
        "เครื่องมือประมงในเขตห้ามทำประมง", "Fishing gear in a no-fishing zone"
    ),
    RuleName.BOAT_NEAR_DUGONG: Words("เรืออยู่ใกล้พะยูน", "Boat close to a dugong"),
    RuleName.BOAT_THROUGH_PAIR: Words("เรือแล่นผ่านระหว่างพะยูนสองตัว", "Boat between two dugongs"),
    RuleName.BOATS_AROUND_DUGONG: Words("เรือหลายลำอยู่รอบพะยูน", "Many boats around a dugong"),
    RuleName.DUGONG_SIGHTING: Words("พบพะยูน", "Dugong sighted"),
    RuleName.REPORTED: Words("มีผู้แจ้ง", "Reported by a person"),
    RuleName.GEAR_SEEN_AGAIN: Words(
        "พบเครื่องมือประมงที่จุดเดิมอีก", "Fishing gear at the same place again"
    ),
    RuleName.STILL_DUGONG: Words(
        "พะยูนที่อาจตายแล้ว โปรดตรวจภาพ", "A dugong that may be dead: look at the pictures"
    ),
}

CONDITION_WORDS: Mapping[str, Words] = {
    "tide_m": Words("ระดับน้ำเหนือระดับทะเลปานกลาง (ม.)", "Tide above mean sea level, m"),
    "wind_m_s": Words("ความเร็วลม (ม./วินาที)", "Wind, m/s"),
    "wind_from_deg": Words("ทิศที่ลมพัดมา (องศาจากเหนือ)", "Wind from, degrees from north"),
    "sea_state": Words("สภาพคลื่น (มาตราดักลาส 0–9)", "Sea state, Douglas scale 0 to 9"),
    "cloud_oktas": Words("เมฆ (ส่วนใน 8)", "Cloud, eighths of the sky"),
    "visibility_km": Words("ทัศนวิสัย (กม.)", "Visibility, km"),
    "weather": Words("ลักษณะอากาศ", "Weather"),
}

# Red, green, blue, as on the officers' pages.
PRIORITY_COLOURS: Mapping[Priority, str] = {
    Priority.HIGH: "#8a1038",
    Priority.NORMAL: "#c25700",
    Priority.LOW: "#5a777d",
}


OUTSIDE_ZONES = Words("อยู่นอกทุกเขต", "Outside all zones")


def zone_words(zone_id: str | None, site: Site) -> Words:
    """Return the names of a zone; its id where the site no longer has it."""
    if zone_id is None:
        return OUTSIDE_ZONES
    for zone in site.zones:
        if zone.zone_id == zone_id:
            return Words(zone.name_th, zone.name_en)
    return Words(zone_id, zone_id)
