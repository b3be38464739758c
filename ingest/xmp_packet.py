"""The named values of an XMP packet, whoever wrote it: vocabularies, structures and lists."""

import re
from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.errors import PhotoError

DJI = "dji"
PARROT = "parrot"
PIX4D = "pix4d"
SKYDIO = "skydio"
EXIF, TIFF, XMP = "exif", "tiff", "xmp"
# Writers of Pix4D's names differ in the address: ExifTool leaves the slash out, senseFly's drones
# and Flying Fish's tool put their own host.
_VOCABULARY = (
    (re.compile(r"^https?://www\.dji\.com/drone-dji/1\.0/?$"), DJI),
    (re.compile(r"^https?://www\.skydio\.com/drone-skydio/1\.0/?$"), SKYDIO),
    (re.compile(r"^https?://www\.parrot\.com/drone-parrot/1\.0/?$"), PARROT),
    (
        re.compile(
            r"^https?://(pix4d\.com|ns\.sensefly\.com|ns\.flyingfishtechs\.com)/[Cc]amera/1\.0/?$"
        ),
        PIX4D,
    ),
    (re.compile(r"^http://ns\.adobe\.com/exif/1\.0/$"), EXIF),
    (re.compile(r"^http://ns\.adobe\.com/tiff/1\.0/$"), TIFF),
    (re.compile(r"^http://ns\.adobe\.com/xap/1\.0/$"), XMP),
    # Other makers, Autel among them, take over DJI's words under addresses of their own.
    (re.compile(r"^https?://.*drone", re.IGNORECASE), DJI),
)
# Of Skydio's structures of angles this one is the camera's from north, east, down; the others say
# what the lens is without digital zoom (Skydio X10).
SKYDIO_CAMERA = "CameraOrientationNED"
SKYDIO_FOCAL, SKYDIO_CENTRE = "CalibratedFocalLength", "CalibratedOpticalCenter"
_SKYDIO_FIELDS = {
    SKYDIO_CAMERA: ("Yaw", "Pitch", "Roll"),
    SKYDIO_FOCAL: ("X", "Y"),
    SKYDIO_CENTRE: ("X", "Y"),
}
_LISTS = ("Seq", "Bag", "Alt")
_QUALIFIED_NAME = re.compile(r"^\{(?P<address>[^}]*)\}(?P<name>.+)$")
_META = re.compile(rb"<x:xmpmeta.*</x:xmpmeta>", re.DOTALL)

# Texts by vocabulary and name.
Values = Mapping[tuple[str, str], str]


def named_values(packet: bytes) -> Iterable[tuple[tuple[str, str], str]]:
    """Pairs of ((vocabulary, name), text), from attributes and elements: XMP allows both."""
    meta = _META.search(packet)
    try:
        root = fromstring(meta[0] if meta else packet.strip(b"\0 \t\r\n"))
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        # the last two for declared encodings that are unknown or cannot be
        raise PhotoError("damaged", f"the XMP block is not plain XML: {error}") from error
    yield from _skydio_structures(root)
    for element in root.iter():
        for name, value in (*element.attrib.items(), (element.tag, _text_of(element))):
            qualified, text = _QUALIFIED_NAME.match(name), value.strip()
            if qualified is None or not text:
                continue
            known = (v for address, v in _VOCABULARY if address.match(qualified["address"]))
            vocabulary = next(known, None)
            if vocabulary is not None:
                yield (vocabulary, qualified["name"]), text


def _text_of(element: Element) -> str:
    """An element's text, or the items of the list in it, with commas between."""
    if (element.text or "").strip() or len(element) == 0:
        return element.text or ""
    items = [
        (item.text or "").strip()
        for child in element
        if child.tag.rpartition("}")[2] in _LISTS
        for item in child
    ]
    return ",".join(items)


def _skydio_structures(root: Element) -> Iterable[tuple[tuple[str, str], str]]:
    """Fields of the structures that are read, whose names other structures of a packet share."""
    for structure in root.iter():
        name = structure.tag.rpartition("}")[2]
        if name not in _SKYDIO_FIELDS:
            continue
        for element in structure.iter():
            for key, value in (*element.attrib.items(), (element.tag, element.text)):
                short, text = key.rpartition("}")[2], (value or "").strip()
                if short in _SKYDIO_FIELDS[name] and text:
                    yield (SKYDIO, f"{name}.{short}"), text
