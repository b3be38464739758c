"""One block of each dialect over Ko Libong, in the shape of real files; the values are invented."""

MAVIC_PRO = """HOME(99.4012,7.2533) 2026.02.03 10:15:03
GPS(99.4015,7.2534,14) BAROMETER:40.1
ISO:100 Shutter:400 EV:-1/3 Fnum:F2.8 """
OLD_FIRMWARE = """HOME(99.4012,7.2533) 2026.2.3 10:15:03
GPS(99.4015,7.2534,14) Hb:40.1 Hs:40.1
ISO:100 TV:400 EV: 0 IR:F2.8"""
MATRICE_300 = """2026.02.03 10:15:03
GPS(7.2534,99.4015,0.0M) BAROMETER:40.1M"""
MAVIC_MINI = (
    "F/2.8, SS 400, ISO 100, EV -1.7, GPS (99.4015, 7.2534, 14), D 33.10m, H 40.10m, "
    "H.S n/a, V.S n/a "
)
PHANTOM_4_RTK = (
    "F/5.6, SS 400, ISO 100, EV 0, GPS (99.401523, 7.253412, 14), "
    "HOME (99.401200, 7.253300, -12.34m), D 33.10m, H 40.10m, H.S 1.00m/s, V.S 0.00m/s, "
    "F.PRY (-3.5°, 1.5°, 12.0°), G.PRY (-90.0°, 0.0°, 11.5°)"
)
MAVIC_AIR = """<font size="36">FrameCnt : 1, DiffTime : 39ms
2026-02-03 10:15:03,265,847
[iso : 100] [shutter : 1/400.0] [fnum : 280] [ev : 0] [ct : 5627] </font>"""
MAVIC_2 = """<font size="36">FrameCnt : 1, DiffTime : 40ms
2026-02-03 10:15:03,265,847
[iso : 100] [shutter : 1/400.0] [fnum : 280] [ev : 0] [ct : 5574] [color_md : default] \
[focal_len : 280] [latitude : 7.253412] [longtitude : 99.401523] [altitude: 55.500000] </font>"""
MAVIC_2_ENTERPRISE = """<font size="36">FrameCnt : 4, DiffTime : 114ms
2026-02-03 10:15:03,265,847
[color_md : default] [latitude: 7.253412] [longtitude: 99.401523] [altitude: 55.500000] \
[Drone: Yaw:-146.0, Pitch:-0.6, Roll:1.3] </font>"""
AIR_2 = """<font size="36">SrtCnt : 1, DiffTime : 16ms
2026-02-03 10:15:03,265,847
[iso : 100] [shutter : 1/400.0] [fnum : 280] [ev : 0] [ct : 5500] [color_md : default] \
[focal_len : 240] [latitude: 7.253412] [longitude: 99.401523] [altitude: 55.500000] </font>"""
MAVIC_3 = """<font size="28">FrameCnt: 1, DiffTime: 20ms
2026-02-03 10:15:03.265
[iso: 100] [shutter: 1/400.0] [fnum: 3.2] [ev: 0] [ct: 5115] [color_md : default] \
[focal_len: 24.00] [latitude: 7.253412] [longitude: 99.401523] \
[rel_alt: 40.100 abs_alt: 55.500] </font>"""
# an empty line and a lone 0 within the block, as an H20T camera writes
MATRICE_300_H20T = """<font size="28">FrameCnt: 1, DiffTime: 33ms
2026-02-03 10:15:03.265
[fnum: 1.0] [focal_len: 58.00] [dzoom: 1.50]
[latitude: 7.253412] [longitude: 99.401523] [rel_alt: 40.100 abs_alt: 55.500]
[drone_speedx: 0.2 drone_speedy: 0.0 drone_speedz: 0.0]
[drone_yaw: 12.0 drone_pitch: -3.5 drone_roll: 1.5]
[gb_yaw: 11.5 gb_pitch: -90.0 gb_roll: 0.0]

0
[dzoom_ratio: 15000, delta:0] [color_md : default]
</font>"""

AUTEL = """HOME(E: 99.401200, N: 7.253300) 2026-02-03 10:15:03
GPS(E: 99.401523, N: 7.253412, 55.50m)
ISO:100 SHUTTER:400 EV:-0.7 F-NUM:1.8
F.PRY (-3.5°, 1.5°, 12.0°), G.PRY (-90.0°, 0.0°, 11.5°)"""
AUTEL_EVO = """HOME(E: 99.401200, N: 7.253300) 2026-02-03 10:15:03
GPS(E: 99.401523, N: 7.253412, 55)
ISO:100 SHUTTER:400 EV:0.0 F-NUM:2.8"""

BY_DIALECT = [
    ("mavic_pro", MAVIC_PRO),
    ("old_firmware", OLD_FIRMWARE),
    ("matrice_300", MATRICE_300),
    ("mavic_mini", MAVIC_MINI),
    ("phantom_4_rtk", PHANTOM_4_RTK),
    ("mavic_air", MAVIC_AIR),
    ("mavic_2", MAVIC_2),
    ("mavic_2", MAVIC_2_ENTERPRISE),
    ("air_2", AIR_2),
    ("mavic_3", MAVIC_3),
    ("mavic_3", MATRICE_300_H20T),
    ("autel", AUTEL),
    ("autel", AUTEL_EVO),
]


def srt(*texts: str, first: int = 1, seconds: int = 1) -> str:
    """Subtitle blocks of `seconds` each, numbered from `first`."""
    blocks = []
    for number, text in enumerate(texts, start=first):
        start, end = (number - 1) * seconds, number * seconds
        cue = f"{_time(start)} --> {_time(end)}"
        blocks.append(f"{number}\n{cue}\n{text}\n")
    return "\n".join(blocks)


def _time(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},000"
