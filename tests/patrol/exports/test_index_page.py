"""The page: everything it shows lies beside it, and what people wrote stays text."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrol.exports.index_page import index_page
from patrol.exports.plain_text import plain_text


class Reader(HTMLParser):
    """What a browser would make of a page: its tags, its attributes and its words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.references: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("src", "href"):
                self.references.append(value)

    def handle_data(self, data) -> None:
        self.words.append(data)


def names_in(data: bytes) -> list[str]:
    with ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def page_in(data: bytes) -> str:
    with ZipFile(io.BytesIO(data)) as archive:
        return archive.read("index.html").decode()


def test_nothing_comes_from_elsewhere_and_nothing_runs(exported) -> None:
    page = page_in(exported)
    read = Reader(page)
    assert read.references
    assert set(read.references) <= set(names_in(exported))
    assert {"script", "link", "iframe", "object", "base", "form"}.isdisjoint(read.tags)
    assert not [name for name in read.attributes if name.startswith("on")]
    assert {"srcset", "style", "background", "http-equiv"}.isdisjoint(read.attributes)
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.S)
    assert "url(" not in style
    assert "@import" not in style


def test_it_shows_the_pictures_and_tells_in_both_languages(exported) -> None:
    page = page_in(exported)
    shown = re.findall(r'<img src="([^"]+)"', page)
    assert [re.sub(r"_[0-9a-f]{16}", "", name) for name in shown] == [
        "evidence/frame_marked.jpg",
        "evidence/crop.jpg",
        "evidence/frame.jpg",
        "evidence/map.svg",
    ]
    for words in (
        "หลักฐาน: เรืออยู่ในเขตงดเข้า",
        "Evidence: Boat in a closed zone",
        "สำหรับเจ้าหน้าที่เท่านั้น",
        "For officers only",
        "2026-03-01 12:00:30 (+0700) · 2026-03-01 05:00:30 UTC",
        "7.256000, 99.456000 (WGS 84)",
        "within 7 m with 95 % probability",
        "14.4\n± 3.5 km/h (95 %)",
        "แนวเขตโดยประมาณ",
        "เห็นชัด &lt;b&gt;",
        "สมชาย",
    ):
        assert words in page, words


def test_an_incident_outside_all_zones_has_its_page_and_map(world) -> None:
    case = world.store.case_file(world.incident_id)
    stray = replace(case.incident, zone_id=None, citation="")
    page = page_in(world.export(incident=stray)[0])
    assert "อยู่นอกทุกเขต" in page
    assert "Source of the zone when exported" not in page
    gone = replace(case.incident, zone_id="old_zone")
    assert "old_zone" in page_in(world.export(incident=gone)[0])


@pytest.fixture(scope="module")
def case(make_world, tmp_path_factory):
    made = make_world(tmp_path_factory.mktemp("page"))
    found = made.store.case_file(made.incident_id)
    made.store.close()
    return found


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_hostile_texts_stay_text(case, site, hostile_texts, data) -> None:
    text = data.draw(hostile_texts)

    def page_with(said: str) -> Reader:
        incident = replace(case.incident, reason_th=said, reason_en=said)
        events = tuple(replace(event, actor=said, reason=said) for event in case.events)
        frames = {f"evidence/{n}": replace(it, file_name=said) for n, it in enumerate(case.frames)}
        hostile = replace(case, incident=incident, events=events)
        return Reader(index_page(hostile, site, frames, [], [], []).decode())

    benign, read = page_with("x"), page_with(text)
    assert read.tags == benign.tags
    assert read.attributes == benign.attributes
    assert read.references == benign.references
    shown = plain_text(text).strip()
    assert shown in "".join(read.words)
