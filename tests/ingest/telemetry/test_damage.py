"""Random damage loses lines, never the program, and never puts a drone off the earth."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import TelemetryError
from ingest.telemetry.reading import read_telemetry

from . import excerpts
from .excerpts import srt

WHOLE = {text: srt(*[text] * 5).split("\n") for _, text in excerpts.BY_DIALECT}
STRAYS = st.sampled_from(
    ["</font>", "<font", "[", "]", "GPS(", "0", "7", "-->", "00:00:09,000 --> 00:00:10,000", "\x85"]
)


@st.composite
def damaged(draw):
    """Bytes of a sound file with lines lost and swapped, strays put in, its end cut off."""
    lines = list(WHOLE[draw(st.sampled_from(sorted(WHOLE)))])
    for at in draw(st.lists(st.integers(0, len(lines) - 1), max_size=6)):
        kind = draw(st.sampled_from(["lose", "stray", "split", "double"]))
        at = min(at, len(lines) - 1)
        if kind == "lose" and len(lines) > 1:
            del lines[at]
        elif kind == "stray":
            column = draw(st.integers(0, len(lines[at])))
            lines[at] = lines[at][:column] + draw(STRAYS) + lines[at][column:]
        elif kind == "split":
            column = draw(st.integers(0, len(lines[at])))
            lines[at : at + 1] = [lines[at][:column], lines[at][column:]]
        else:
            lines.insert(at, lines[at])
    content = "\n".join(lines).encode()
    return content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content


def check(path, content):
    path.write_bytes(content)
    try:
        telemetry = read_telemetry(path)
    except TelemetryError:
        return
    line_count = content.count(b"\n") + 1
    assert telemetry.records
    for record in telemetry.records:
        assert (record.position is None) == (record.position_fault is not None)
        assert 1 <= record.line <= line_count
        if record.position is not None:
            assert -180 <= record.position.lon <= 180
            assert -90 <= record.position.lat <= 90
            assert record.position != (0, 0)


@given(content=damaged())
def test_damage_never_raises_anything_else(tmp_path_factory, content):
    check(tmp_path_factory.getbasetemp() / "damaged.SRT", content)


@given(content=st.binary(max_size=300))
def test_noise_never_raises_anything_else(tmp_path_factory, content):
    check(tmp_path_factory.getbasetemp() / "noise.SRT", content)


@given(
    lost=st.sets(st.integers(0, 9), max_size=9),
    dialect=st.sampled_from([text for _, text in excerpts.BY_DIALECT]),
)
def test_lost_values_lose_only_their_blocks(tmp_path_factory, lost, dialect):
    texts = ["" if at in lost else dialect for at in range(10)]
    path = tmp_path_factory.getbasetemp() / "lost.SRT"
    path.write_text(srt(*texts), encoding="utf-8")
    records = read_telemetry(path).records
    assert [record.number for record in records] == [at + 1 for at in range(10) if at not in lost]
