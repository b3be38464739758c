"""One incident with known values, and texts made to break file formats."""

from dataclasses import replace

import pytest
from hypothesis import strategies as st

from detection.types import ObjectClass
from patrol.incident import Incident
from patrol.verdict import Certainty, Priority
from patrol.zones import RuleName

_SHARP = st.sampled_from(
    [
        "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n+1", "＝1", "]]>", "<![CDATA[",
        "<script>alert(1)</script>", "&amp;", "&", '"', "'", ",", ";", "`", "${x}", "{{ 7*7 }}",
        "\x00", "\x0b", "\x1b", "\ud800", "\ufffe", "\uffff", "\r\n", "\r", "\n", "\u2028",
        "พะยูน", "ทุ่งหญ้าทะเล", "--", "<!--", "?>", "🐬",
    ]
)  # fmt: skip


@pytest.fixture(scope="session")
def hostile_texts() -> st.SearchStrategy[str]:
    return st.lists(st.one_of(_SHARP, st.text(max_size=5)), max_size=6).map("".join)


@pytest.fixture(scope="session")
def boat(make_incident) -> Incident:
    return replace(
        make_incident(
            rule=RuleName.BOAT_IN_CLOSED_ZONE,
            object_class=ObjectClass.BOAT,
            priority=Priority.HIGH,
            certainty=Certainty.BOUNDARY,
        ),
        incident_id="0123456789abcdef",
        reason_th="เรืออยู่ที่ขอบ",
        reason_en="Boat at the edge",
    )
