"""What drew a kept render, and after what plan: what another renderer drew is told from it.

Renders take long and are kept between runs, and models are compared by their scores on them. So a
folder of renders carries a mark: a digest of the source that draws, and one of the plan. The digest
is of what the source does: layout, comments and docstrings are no part of it, nor the order of
imports, so that an installed wheel has the mark of the checkout it was built of. Other versions
of numpy and OpenCV have the same mark: `constraints.txt` pins those that are tested.
"""

import ast
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, is_dataclass
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from detection.whole_file import write_whole

MARK_FILE = "rendered_by.json"
# What can be imported below the layer that draws.
_OURS = ("detection", "ingest")


@dataclass(frozen=True)
class RenderMark:
    """Digests (SHA-256, hexadecimal) of what drew a render, and of the plan it was drawn after."""

    renderer: str
    plan: str

    @classmethod
    def of(cls, module: str, plan: object) -> "RenderMark":
        """The mark of what a module draws now after a plan.

        `plan` is a dataclass, or lists and tuples of such; its numbers count to nine digits, since
        processors differ in the last ones.
        """
        return cls(renderer(module), sha256(_told(plan).encode()).hexdigest())

    def __str__(self) -> str:
        """Sixteen digits that stand for both."""
        return sha256(f"{self.renderer} {self.plan}".encode()).hexdigest()[:16]

    def write(self, folder: Path) -> None:
        """Mark a folder, once all that the mark stands for is written."""
        write_whole(folder / MARK_FILE, f"{json.dumps(asdict(self), indent=1)}\n".encode())


_MARK = TypeAdapter(RenderMark)


def mark_in(folder: Path) -> RenderMark | None:
    """The mark of a folder; None where there is none that can be read."""
    try:
        return _MARK.validate_json((folder / MARK_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def _told(plan: object) -> str:
    def plain(value: Any) -> Any:
        return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)

    exact = json.dumps(plan, default=plain)
    return json.dumps(json.loads(exact, parse_float=lambda digits: f"{float(digits):.9g}"))


@cache
def renderer(module: str) -> str:
    """A digest (SHA-256, hexadecimal) of what a module and all of ours that it imports do."""
    told = sha256()
    for name, tree in sorted(_trees(module)):
        told.update(f"{name}\n{meaning(tree)}\n".encode())
    return told.hexdigest()


def drawing_modules(module: str) -> tuple[str, ...]:
    """The names of a module and of all of ours that it imports, directly or not, in order."""
    return tuple(sorted(name for name, _ in _trees(module)))


def _trees(module: str) -> Iterator[tuple[str, ast.Module]]:
    waiting, seen = [module], set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        source = _source(name)
        if source is not None:
            tree = ast.parse(source)
            waiting += _imported(tree)
            yield name, tree


def _source(name: str) -> str | None:
    """The source of a module of ours; None for what is none, such as a function of one."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError:
        return None
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).read_text(encoding="utf-8")


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            # what is imported from a package may be a module
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] in _OURS)


def meaning(tree: ast.Module) -> str:
    """What a module does, written one way: without docstrings, its imports in order.

    `tree` is changed on the way.
    """
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:]
    imports = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    tree.body = [node for node in tree.body if node not in imports]
    return "\n".join([*sorted(_import_lines(imports)), ast.unparse(tree)])


def _import_lines(imports: Iterable[ast.Import | ast.ImportFrom]) -> Iterator[str]:
    for node in imports:
        source = f"from {node.module} " if isinstance(node, ast.ImportFrom) else ""
        yield from (f"{source}import {a.name} as {a.asname or a.name}" for a in node.names)
