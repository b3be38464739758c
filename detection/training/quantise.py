"""Eight-bit weights and activations, calibrated on pictures: for CPUs that multiply bytes faster.

Post-training quantisation by NNCF. The head's box arithmetic stays as it is: places in a tile of
640 px do not fit into 256 steps. The result is in OpenVINO's own format: the same network as ONNX
with QDQ nodes gave scores near zero in OpenVINO 2026.4, while ONNX Runtime read it well.

The software ships without: a CPU that has bf16 gains little or nothing, and one without gains by
its own measure. `libong models quantise` makes the copy on the machine that is to use it, tells how
much faster it is there, and keeps it only while recall holds.
"""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

import nncf
import numpy as np
import numpy.typing as npt
import openvino as ov

from detection.engine import TileBGR
from ingest.errors import LibongError

# Below this the ranges of activations hang on chance; NNCF's own default is 300 pictures.
FEWEST_TILES = 32


class QuantiseError(LibongError, ValueError):
    """A network or pictures that cannot be quantised."""


def quantise(onnx: Path, calibration: Iterable[TileBGR], out: Path) -> Path:
    """Write an eight-bit copy of an exported network as `out`, a `.xml` with a `.bin` beside it.

    `calibration` are tiles as the engine takes them, uint8 BGR of the network's input size; ranges
    of activations are taken from them, so they should be like what will be searched, empty sea
    included. The copy takes and gives what the original does; `OpenVinoEngine` runs it.

    Raises:
        QuantiseError: for fewer than FEWEST_TILES tiles, tiles of another size, or another suffix.
    """
    if out.suffix != ".xml":
        raise QuantiseError(f"an eight-bit network is written as .xml and .bin; got {out.name}")
    model = ov.Core().read_model(onnx)
    height_px, width_px = (int(side) for side in model.input(0).shape[2:])
    tiles = [_checked(tile, width_px, height_px) for tile in calibration]
    if len(tiles) < FEWEST_TILES:
        raise QuantiseError(
            f"calibration needs at least {FEWEST_TILES} tiles; got {len(tiles)}: render more"
        )
    quantised = nncf.quantize(
        model,
        nncf.Dataset(tiles, _network_input),
        preset=nncf.QuantizationPreset.MIXED,  # what SiLU gives is not symmetric about zero
        subset_size=len(tiles),
        ignored_scope=nncf.IgnoredScope(names=_kept_exact(model), validate=False),
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    ov.save_model(quantised, out, compress_to_fp16=False)
    # the graph's own hash then stands for its constants too
    constants = sha256(out.with_suffix(".bin").read_bytes()).hexdigest()
    quantised.set_rt_info(constants, "constants_sha256")
    ov.save_model(quantised, out, compress_to_fp16=False)
    return out


def _checked(tile: TileBGR, width_px: int, height_px: int) -> TileBGR:
    if tile.shape != (height_px, width_px, 3):
        raise QuantiseError(
            f"calibration tiles must be {width_px} x {height_px} px with three colours, as the "
            f"network's input; got an array of shape {tile.shape}: cut tiles of that size"
        )
    return tile


def _network_input(tile: TileBGR) -> npt.NDArray[np.float32]:
    rgb = tile[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32)
    return np.ascontiguousarray(rgb / 255)


def _kept_exact(model: Any) -> list[str]:
    """Names of the activations' sigmoids and of all in the head but its plain convolutions."""
    kinds = {op.get_friendly_name(): op.get_type_name() for op in model.get_ordered_ops()}
    sigmoids = [name for name, kind in kinds.items() if kind == "Sigmoid"]
    head = "/" + sigmoids[-1].split("/")[1] + "/"  # the last turns the head's logits into scores
    arithmetic = [
        name
        for name, kind in kinds.items()
        if name.startswith(head) and (kind != "Convolution" or "/dfl/" in name)
    ]
    return [*sigmoids, *arithmetic]
