"""Small real videos made here, and the telemetry a drone writes beside them."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import av
import numpy as np
import pytest

from ingest.site_reference import SiteReference

VideoMaker = Callable[..., Path]
BANGKOK = ZoneInfo("Asia/Bangkok")
# what the library asks for before it writes subtitles of any kind
ASS_HEADER = (
    b"[Script Info]\r\nScriptType: v4.00+\r\n\r\n[V4+ Styles]\r\nFormat: Name, Fontname, Fontsize"
    b"\r\nStyle: Default,Arial,16\r\n\r\n[Events]\r\nFormat: Layer, Start, End, Style, Text\r\n"
)


@pytest.fixture
def site() -> SiteReference:
    return SiteReference(BANGKOK, -14.0, 2.0, 1.0)


@pytest.fixture
def make_video(tmp_path: Path) -> VideoMaker:
    def make(
        name="DJI_0001.MP4",
        *,
        seconds=8.0,
        rate=10,
        size=(320, 180),
        gop=10,
        metadata=None,
        blurred=(),
        subtitles=None,
        codec="libx264",
        container_format=None,
    ) -> Path:
        path = tmp_path / name
        rng = np.random.default_rng(1)
        texture = rng.integers(0, 255, (size[1], size[0] * 3, 3), dtype=np.uint8)
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w", format=container_format) as container:
            container.metadata.update(metadata or {})
            stream = container.add_stream(
                codec, rate=rate, options={"g": str(gop), "crf": "28", "threads": "1"}
            )
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            stream.time_base = Fraction(1, rate)
            words = None
            if subtitles:
                words = container.add_stream("mov_text")
                words.codec_context.subtitle_header = ASS_HEADER
            for number in range(round(seconds * rate)):
                shown = np.ascontiguousarray(np.roll(texture, -2 * number, axis=1)[:, : size[0]])
                if number in blurred:
                    shown[:] = shown.mean(axis=(0, 1)).astype(np.uint8)
                frame = av.VideoFrame.from_ndarray(shown, format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
            for number, text in enumerate(subtitles or ()):
                raw = text.encode() if isinstance(text, str) else text
                length = len(raw).to_bytes(2, "big") if isinstance(text, str) else b""
                packet = av.Packet(length + raw)
                packet.stream, packet.time_base = words, Fraction(1, 1000)
                packet.pts = packet.dts = number * 1000
                packet.duration = 1000
                container.mux(packet)
        return path

    return make
