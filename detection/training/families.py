"""The families of networks that can be trained, and what each takes over from COCO's YOLO11n."""

from enum import StrEnum

# COCO's YOLO11n has 24 layers; its first eleven, which look at the picture, are those of the YOLO26
# of the same size too. The rest joins what they see and draws boxes, each family in its own way.
_ALL_LAYERS = 24
_BACKBONE_LAYERS = 11


class Family(StrEnum):
    """A network of Ultralytics and what of it starts as COCO's YOLO11n; the rest is random.

    `n` and `s` are sizes, nano and small; P2 is a head more for small things, at a quarter of the
    picture's side. To compare like with like, YOLO11n is there with no more of COCO's than the
    YOLO26 of its size can take, too, and both begun at random, as any of size `s` has to be.
    """

    YOLO11N = "yolo11n"
    YOLO11N_BACKBONE = "yolo11n-backbone"
    YOLO11N_RANDOM = "yolo11n-random"
    YOLO26N = "yolo26n"
    YOLO26N_RANDOM = "yolo26n-random"
    YOLO26N_P2 = "yolo26n-p2"
    YOLO11S = "yolo11s"
    YOLO26S = "yolo26s"

    @property
    def graph(self) -> str:
        """The file in which Ultralytics describes the network."""
        return f"{self.removesuffix('-backbone').removesuffix('-random')}.yaml"

    @property
    def coco_layers(self) -> int:
        """How many of the first layers COCO's YOLO11n has in the same shape, and gives."""
        return _COCO_LAYERS.get(self, 0)

    @property
    def starts_whole(self) -> bool:
        """Whether all of COCO's network is taken over, its outputs for boats among it."""
        return self.coco_layers == _ALL_LAYERS


_COCO_LAYERS = {
    Family.YOLO11N: _ALL_LAYERS,
    Family.YOLO11N_BACKBONE: _BACKBONE_LAYERS,
    Family.YOLO26N: _BACKBONE_LAYERS,
    Family.YOLO26N_P2: _BACKBONE_LAYERS,
}

# Those whose first layers can be COCO's: others begun at random say little in hours of CPU.
SMALL_FAMILIES = tuple(_COCO_LAYERS)
