"""Engines run the network on tiles; this one is OpenVINO, on any CPU."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino.preprocess import PrePostProcessor

from detection.errors import ModelError
from detection.precision import Precision

TileBGR = NDArray[np.uint8]
RawOutput = NDArray[np.float32]


class Engine(Protocol):
    """Runs the network.

    `infer` takes tiles, uint8 BGR of shape (input_px, input_px, 3), and returns for each, in the
    same order, float32 of shape (outputs, anchors): centre x, centre y, width, height in tile
    pixels, then one score per class, so that `outputs` is 4 + classes.
    """

    input_px: int
    outputs: int

    def infer(self, tiles: Sequence[TileBGR]) -> list[RawOutput]:
        """Run the network on tiles."""
        ...


class OpenVinoEngine:
    """Runs an ONNX file in OpenVINO, several tiles at once.

    `AUTO` lets the CPU choose: bf16 where it computes in that, with AVX512-BF16 or AMX. `precision`
    is OpenVINO's name of what was chosen.
    """

    def __init__(self, onnx: Path, input_px: int, *, precision: Precision = Precision.AUTO) -> None:
        """Compile the network for this machine's CPU.

        Raises:
            ModelError: when OpenVINO cannot read the file.
        """
        self.input_px = input_px
        core = ov.Core()
        config: dict[str, Any] = {"PERFORMANCE_HINT": "THROUGHPUT"}
        if precision is Precision.F32:
            config["INFERENCE_PRECISION_HINT"] = "f32"
        try:
            model = core.read_model(onnx)
            self._compiled = core.compile_model(self._with_preprocessing(model), "CPU", config)
            self.outputs = int(self._compiled.output(0).shape[1])
            hint = self._compiled.get_property("INFERENCE_PRECISION_HINT")
            self.precision = str(hint.get_type_name())
            self._at_once = int(self._compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        except RuntimeError as exc:
            raise ModelError(f"OpenVINO cannot use {onnx}: {exc}") from exc

    def _with_preprocessing(self, model: Any) -> Any:
        """Feed uint8 BGR pictures as they are; colour order and scale become part of the graph."""
        side = self.input_px
        model.reshape([1, 3, side, side])
        steps = PrePostProcessor(model)
        picture = steps.input()
        picture.tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
        picture.tensor().set_color_format(ov.preprocess.ColorFormat.BGR)
        picture.model().set_layout(ov.Layout("NCHW"))
        picture.preprocess().convert_element_type(ov.Type.f32)
        picture.preprocess().convert_color(ov.preprocess.ColorFormat.RGB).scale(255.0)
        return steps.build()

    def infer(self, tiles: Sequence[TileBGR]) -> list[RawOutput]:
        """Run the network on tiles; results stand in the order of the tiles.

        Requests are waited for one by one: with callbacks into Python, OpenVINO's threads may want
        the interpreter's lock while it waits for them to end, for ever.
        """
        results: list[RawOutput] = []
        requests = [self._compiled.create_infer_request() for _ in range(self._at_once)]
        for index, tile in enumerate(tiles):
            request = requests[index % self._at_once]
            if index >= self._at_once:
                results.append(_answer(request))
            request.start_async({0: tile[np.newaxis]})
        rest = range(len(results), len(tiles))
        return results + [_answer(requests[index % self._at_once]) for index in rest]


def _answer(request: Any) -> RawOutput:
    request.wait()
    return np.array(request.get_output_tensor(0).data[0], dtype=np.float32)
