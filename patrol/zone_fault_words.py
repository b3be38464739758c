"""What is wrong with a zone and what to do, in Thai and English, for those who draw it."""

from collections.abc import Mapping

from patrol.zone_geometry import FaultCode

FAULT_WORDS: Mapping[FaultCode, tuple[str, str]] = {
    FaultCode.BAD_DATES: (
        "วันสิ้นสุดอยู่ก่อนวันเริ่มต้น โปรดแก้วันที่",
        "The last day is before the first. Correct the days.",
    ),
    FaultCode.BAD_PROPERTIES: (
        "ข้อมูลของเขตบางช่องขาดหรือไม่ถูกต้อง โปรดดูรายละเอียดแล้วแก้ไข",
        "Some facts of the zone are missing or wrong. See the details and correct them.",
    ),
    FaultCode.DATE_LINE: (
        "แนวเขตข้ามเส้นแบ่งวันสากล โปรดแบ่งเป็นสองส่วน",
        "The outline crosses the date line. Cut it there into two parts.",
    ),
    FaultCode.EMPTY: (
        "ไม่มีแนวเขต โปรดวาดแนวเขต",
        "There is no outline. Draw one.",
    ),
    FaultCode.FAR_AWAY: (
        "เขตอยู่ไกลจากชายฝั่งของพื้นที่นี้มากเกินไป โปรดตรวจพิกัด",
        "The zone is far from this site's coast. Check its coordinates.",
    ),
    FaultCode.INVALID: (
        "แนวเขตไม่ถูกต้อง โปรดวาดใหม่ตรงจุดที่ระบุ",
        "The outline is not valid. Draw it anew at the place told.",
    ),
    FaultCode.NOT_DEGREES: (
        "พิกัดต้องเป็นลองจิจูดและละติจูดหน่วยองศา โปรดส่งออกไฟล์ใหม่เป็น WGS 84",
        "Coordinates must be longitude and latitude in degrees. Export the file as WGS 84.",
    ),
    FaultCode.NOT_FINITE: (
        "มีพิกัดที่ไม่ใช่ตัวเลข โปรดวาดใหม่",
        "A coordinate is no number. Draw the outline anew.",
    ),
    FaultCode.NOT_POLYGON: (
        "เขตต้องเป็นพื้นที่ปิด ไม่ใช่จุดหรือเส้น",
        "A zone must be an area, not a point or a line.",
    ),
    FaultCode.NO_ID: (
        "ไม่มีรหัสเขต โปรดเพิ่มรหัสเป็นอักษร a-z ตัวเลข และ _",
        "The zone has no id. Add one of small letters a-z, digits and _.",
    ),
    FaultCode.NO_NAME: ("เขตไม่มีชื่อ โปรดตั้งชื่อ", "The zone has no name. Give it one."),
    FaultCode.OTHER_ID: (
        "รหัสเขตไม่ตรงกับที่อยู่ที่ส่งมา",
        "The zone's id is not the one of the address.",
    ),
    FaultCode.OVERLAP: (
        "เขตที่เฝ้าระวังพะยูนซ้อนกัน ซึ่งจะบอกได้ว่าสัตว์อยู่ตรงไหน โปรดให้ขอบเขตแค่ชนกัน",
        "Zones watched for dugongs lie over each other, which would tell where an animal is. "
        "Let them only touch.",
    ),
    FaultCode.SAME_ID: (
        "รหัสเขตนี้ใช้สองครั้ง โปรดตั้งรหัสให้ต่างกัน",
        "This id is used twice. Give each zone its own.",
    ),
    FaultCode.SELF_CROSSING: (
        "แนวเขตตัดหรือแตะตัวเองตรงจุดที่ระบุ โปรดย้ายจุดให้เส้นไม่ตัดกัน",
        "The outline crosses or touches itself at the place told. Move its points apart.",
    ),
    FaultCode.SWAPPED_AXES: (
        "พิกัดดูเหมือนสลับแกน โปรดใส่ลองจิจูดก่อนละติจูด",
        "This looks like swapped axes. Write longitude before latitude.",
    ),
    FaultCode.TOO_MANY_VERTICES: (
        "แนวเขตมีจุดมากเกินไปสำหรับโทรศัพท์รุ่นเก่า โปรดลดจำนวนจุด",
        "The outline has too many points for old phones. Simplify it.",
    ),
    FaultCode.TOO_SMALL: (
        "เขตเล็กหรือแคบเกินไป สถานะของเขตจะบอกได้ว่าพะยูนอยู่ตรงไหน โปรดวาดให้ใหญ่ขึ้นหรือไม่ใช้กฎพบพะยูน",
        "The zone is so small or narrow that its status would tell where a dugong is. Draw it "
        "larger, or take the rule dugong_sighting out.",
    ),
    FaultCode.UNCLOSED: (
        "เส้นไม่บรรจบกับจุดเริ่มต้น โปรดปิดแนวเขต",
        "The line does not come back to its start. Close the outline.",
    ),
    FaultCode.UNREADABLE: (
        "อ่านแนวเขตไม่ได้ โปรดวาดใหม่หรือส่งออกไฟล์ใหม่",
        "The outline cannot be read. Draw it anew or export the file again.",
    ),
    FaultCode.WRONG_KIND: (
        "กฎนี้ใช้กับเขตประเภทนี้ไม่ได้ โปรดเปลี่ยนประเภทหรือนำกฎออก",
        "This rule does not fit this kind of zone. Change the kind or take the rule out.",
    ),
}
