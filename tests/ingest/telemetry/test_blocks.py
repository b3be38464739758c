import pytest

from ingest.telemetry.blocks import read_blocks

CUE = "00:00:01,000 --> 00:00:02,500"
NEXT_CUE = "01:00:59,000 --> 01:00:60,000"  # sixty seconds: as a Matrice 300 writes it


def blocks(text):
    lines = enumerate(text.split("\n"), start=1)
    return [(b.line, b.number, b.span_s, b.text) for b in read_blocks(lines)]


FIRST, SECOND = (1.0, 2.5), (3659.0, 3660.0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"1\n{CUE}\na\nb\n\n2\n{NEXT_CUE}\nc", [(1, 1, FIRST, "a\nb"), (6, 2, SECOND, "c")]),
        (f"1\n{CUE}\na\n\n\n\n2\n{NEXT_CUE}\nc\n\n", [(1, 1, FIRST, "a"), (7, 2, SECOND, "c")]),
        (f"1\n{CUE}\na\n2\n{NEXT_CUE}\nc", [(1, 1, FIRST, "a"), (4, 2, SECOND, "c")]),
        (f"{CUE}\na\n{NEXT_CUE}\nc", [(1, None, FIRST, "a"), (3, None, SECOND, "c")]),
        (f"1\n{CUE}\na\n\n2\nc", [(1, 1, FIRST, "a"), (5, 2, None, "c")]),
        (f"1\n{CUE}\na\n\n0\nb", [(1, 1, FIRST, "a\n0\nb")]),
        ("1\na\n\n2\nb\n\n9\nc", [(1, 1, None, "a"), (4, 2, None, "b"), (7, 9, None, "c")]),
        (f"1\n{CUE}\n<font size='9'>a </font>\n</font>\n", [(1, 1, FIRST, "a \n")]),
        (f"1\n{CUE}\n< font >a\n\n</font>\n\n2\n{CUE}", [(1, 1, FIRST, "a\n"), (7, 2, FIRST, "")]),
        (f"stray\n1\n{CUE}\na", [(1, None, None, "stray"), (2, 1, FIRST, "a")]),
        (f"1\n{CUE[:-3]}\na", [(1, 1, None, f"{CUE[:-3]}\na")]),
        ("1", [(1, 1, None, "")]),
        ("", []),
        ("\n\n", []),
    ],
)
def test_blocks_are_found_whatever_was_lost(text, expected):
    assert blocks(text) == expected


def test_text_of_a_block_is_bounded():
    ((_, _, _, text),) = blocks(f"1\n{CUE}\n" + "word\n" * 10_000)
    assert len(text.split("\n")) == 40
