"""Protocol buffers read without their schema: fields by number (protobuf.dev, "Encoding")."""

from collections.abc import Iterator
from struct import unpack

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_MOST_VARINT_BYTES = 10
_SIGN_BIT, _WORD = 1 << 31, 1 << 32

Value = int | bytes


def fields(message: bytes) -> Iterator[tuple[int, Value]]:
    """Number and value of each field: an int for a varint, else its bytes as they stand.

    Raises ValueError where the bytes are no message.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == _BYTES:
            length, at = _varint(message, at)
        elif kind in (_FIXED64, _FIXED32):
            length = 8 if kind == _FIXED64 else 4
        else:
            raise ValueError(f"a field of kind {kind}")
        if not number or at + length > len(message):
            raise ValueError(f"field {number} of {length} bytes goes beyond the message")
        yield number, message[at : at + length]
        at += length


def value_at(message: bytes, path: tuple[int, ...]) -> Value | None:
    """The last value at a path of field numbers, as protobuf has it; None where there is none.

    Raises ValueError where the bytes on the way are no message.
    """
    found: Value | None = message
    for step in path:
        if not isinstance(found, bytes):
            return None
        found = dict(fields(found)).get(step)
    return found


def message_at(message: bytes, path: tuple[int, ...]) -> bytes | None:
    """The message within at a path; None where there is none."""
    found = value_at(message, path)
    return found if isinstance(found, bytes) else None


def signed(value: Value | None) -> int | None:
    """A whole number of 32 bits, 0 where the field was left out, as protobuf leaves out zeros.

    DJI fills the upper half of negative ones wrongly, so that only the lower is read.
    """
    if isinstance(value, bytes):
        return None
    low = (value or 0) % _WORD
    return low - _WORD if low & _SIGN_BIT else low


def floating(value: Value | None) -> float | None:
    """A float or double, 0 where the field was left out; None for anything else."""
    if value is None:
        return 0.0
    if not isinstance(value, bytes) or len(value) not in (4, 8):
        return None
    number: float = unpack("<f" if len(value) == 4 else "<d", value)[0]
    return number


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(_MOST_VARINT_BYTES):
        if at + index >= len(message):
            break
        byte = message[at + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return value, at + index + 1
    raise ValueError(f"a number at byte {at} has no end")
