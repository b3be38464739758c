"""Which modules a script of ours imports, so that a page can ask for all of them at once.

A browser learns of an import only once the module that names it is there: each link of a chain
costs one more way to the server and back. Read from the files themselves, the list is never out of
date.
"""

import re
from functools import cache
from pathlib import Path, PurePosixPath
from posixpath import normpath

from api.public.kept_files import STATIC_DIR

_PREFIX = "/static/"
# `import … from "x"`, `import "x"` and `export … from "x"` where a line begins, over several lines
# too; `import("x")` is asked for when it is needed, and is none of these
_IMPORT = re.compile(
    r"""^(?:import\s+(?:[\w*${},\s]+?\s+from\s+)?|export\s+[\w*${},\s]+?\s+from\s+)["']([^"']+)["']""",
    re.MULTILINE,
)


@cache
def modules_behind(address: str, static_dir: Path = STATIC_DIR) -> tuple[str, ...]:
    """Return the addresses of all modules that the module at `address` needs before it can run.

    Those it imports itself come first, then those that they import, each once and never itself.

    Raises:
        ValueError: an import leads out of the static files.
        FileNotFoundError: a module is not among them.
    """
    found = [address]
    for module in found:
        found += (each for each in _imports_of(module, static_dir) if each not in found)
    return tuple(found[1:])


def _imports_of(address: str, static_dir: Path) -> tuple[str, ...]:
    if not address.startswith(_PREFIX):
        raise ValueError(f"modules lie under {_PREFIX}; got {address}")
    text = (static_dir / address.removeprefix(_PREFIX)).read_text(encoding="utf-8")
    folder = PurePosixPath(address).parent
    named = (normpath(folder / name) for name in _IMPORT.findall(text))
    return tuple(dict.fromkeys(named))
