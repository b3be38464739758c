"""What was wrong with a frame or file, in the two words or three that a count stands before."""

from typing import NamedTuple


class Words(NamedTuple):
    """The same in English, to stand after a count, and in Thai, to stand before one."""

    en: str
    th: str


# By the codes of ingest.refusal and of ingest.quality.
WORDS_BY_CODE = {
    "too_blurred": Words("too blurred", "เบลอเกินไป"),
    "too_dark": Words("too dark", "มืดเกินไป"),
    "too_bright": Words("too bright", "สว่างเกินไป"),
    "glare": Words("with too much glare", "แสงสะท้อนมากเกินไป"),
    "no_sea": Words("without the sea", "ไม่เห็นทะเล"),
    "unreadable": Words("unreadable", "เปิดไฟล์ไม่ได้"),
    "not_an_image": Words("of another kind", "ไม่ใช่รูปถ่าย"),
    "unsupported_format": Words("of an unsupported format", "เป็นไฟล์ชนิดที่ยังใช้ไม่ได้"),
    "thermal": Words("thermal", "เป็นภาพความร้อน"),
    "multispectral": Words("of a single band", "เป็นภาพแถบสีเดียว"),
    "truncated": Words("cut short", "ไฟล์ไม่ครบ"),
    "damaged": Words("damaged", "ไฟล์เสีย"),
    "no_gps": Words("without GPS", "ไม่มีพิกัด GPS"),
    "no_time": Words("without a time", "ไม่มีวันเวลา"),
    "no_camera": Words("of an unknown lens", "ไม่รู้ทางยาวโฟกัส"),
    "bad_height": Words("without a credible height", "ความสูงไม่น่าเชื่อถือ"),
    "duplicate": Words("sent twice", "ส่งซ้ำ"),
    "known": Words("processed before", "ประมวลผลแล้ว"),
    "video_damaged": Words("of damaged video", "วิดีโอเสีย"),
    "video_cut_short": Words("of video cut short", "วิดีโอไม่ครบ"),
    "no_pictures": Words("without pictures", "ไม่มีภาพ"),
    "no_telemetry": Words("of video without telemetry", "วิดีโอไม่มีข้อมูลการบิน"),
    "no_place": Words("of video without a place", "วิดีโอไม่มีตำแหน่ง"),
    "log_unreadable": Words("of an unreadable flight log", "อ่านบันทึกการบินไม่ได้"),
    "telemetry_alone": Words("of telemetry without its video", "ข้อมูลการบินไม่มีวิดีโอ"),
    "archive_too_large": Words("in too large a ZIP", "ZIP ใหญ่เกินไป"),
    "bad_archive": Words("broken in the ZIP", "เสียใน ZIP"),
    "encrypted": Words("locked with a password", "ติดรหัสผ่าน"),
    "entry_too_large": Words("too large", "ใหญ่เกินไป"),
    "nested_archive": Words("packed twice", "เป็นไฟล์บีบอัดซ้อนใน ZIP"),
    "not_a_file": Words("merely linked", "เป็นลิงก์ ไม่ใช่ไฟล์"),
    "unsafe_name": Words("with an unsafe name", "ชื่อไฟล์ไม่ปลอดภัย"),
    "unsupported_compression": Words("packed in another way", "บีบอัดด้วยวิธีที่ยังใช้ไม่ได้"),
    "unwritable": Words("that could not be written", "บันทึกลงเครื่องไม่ได้"),
    "wrong_type": Words("of no use here", "เป็นไฟล์ที่ใช้ไม่ได้"),
    "wrong_hash": Words("changed on the way", "ข้อมูลเปลี่ยนระหว่างส่ง"),
    "too_large": Words("too large", "ใหญ่เกินไป"),
    "empty": Words("empty", "ไฟล์ว่าง"),
    "not_sent": Words("not sent", "ไม่ได้ส่ง"),
    "set_aside": Words("set aside", "ถูกแยกไว้"),
}
_ANY_OTHER = Words("refused for another reason", "ใช้ไม่ได้ด้วยเหตุอื่น")


def words_for(code: str) -> Words:
    """The words for a code; for one that is not known here, that there was another reason."""
    return WORDS_BY_CODE.get(code, _ANY_OTHER)
