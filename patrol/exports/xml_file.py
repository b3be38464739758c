"""Writing XML files: every text made legal first."""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from patrol.exports.plain_text import plain_text


def child_text(
    parent: Element, tag: str, text: str, attributes: Mapping[str, str] | None = None
) -> None:
    """Append a child that holds a text."""
    SubElement(parent, tag, dict(attributes or {})).text = plain_text(text)


def xml_bytes(root: Element) -> bytes:
    """Return the file of a tree, in UTF-8 and indented."""
    indent(root, " ")
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"
