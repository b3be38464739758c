"""Which modules a script imports, read from the files themselves."""

import pytest

from api.module_graph import modules_behind
from api.public.kept_files import STATIC_DIR


@pytest.fixture
def write(tmp_path):
    def write_module(name: str, text: str) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    return write_module


@pytest.mark.parametrize(
    "line",
    [
        'import { one } from "./there.js";',
        "import { one } from './there.js';",
        'import {\n  one,\n  two as three,\n} from "./there.js";',
        'import * as there from "./there.js";',
        'import there, { one } from "/static/page/there.js";',
        'import "../page/there.js";',
        'export { one } from "./there.js";',
        'export * from "./there.js";',
    ],
)
def test_an_import_is_seen_however_it_is_written(write, tmp_path, line):
    write("page/here.js", f"/* Says why. */\n\n{line}\n")
    write("page/there.js", "export const one = 1;\n")
    assert modules_behind("/static/page/here.js", tmp_path) == ("/static/page/there.js",)


@pytest.mark.parametrize(
    "line",
    [
        'const later = () => import("./there.js");',
        '// import "./there.js";',
        'export const from = "./there.js";',
        'export { from };\nconst x = "./there.js";',
    ],
)
def test_what_is_not_needed_at_once_is_not_named(write, tmp_path, line):
    write("here.js", line)
    assert modules_behind("/static/here.js", tmp_path) == ()


def test_the_whole_chain_is_named_once_and_nearest_first(write, tmp_path):
    write("a.js", 'import "./b.js";\nimport "./c.js";\n')
    write("b.js", 'import "./d.js";\nimport "./c.js";\n')
    write("c.js", 'import "./a.js";\n')  # in a circle
    write("d.js", 'import "./deep/e.js";\n')
    write("deep/e.js", "")
    assert modules_behind("/static/a.js", tmp_path) == (
        "/static/b.js",
        "/static/c.js",
        "/static/d.js",
        "/static/deep/e.js",
    )


def test_an_import_from_elsewhere_is_refused(write, tmp_path):
    write("here.js", 'import "../../elsewhere.js";\n')
    with pytest.raises(ValueError, match=r"/static/; got /elsewhere\.js"):
        modules_behind("/static/here.js", tmp_path)


def test_an_import_of_nothing_is_refused(write, tmp_path):
    write("here.js", 'import "./nothing.js";\n')
    with pytest.raises(FileNotFoundError):
        modules_behind("/static/here.js", tmp_path)


def test_every_module_of_ours_imports_what_is_there():
    modules = [f"/static/{file.relative_to(STATIC_DIR)}" for file in STATIC_DIR.rglob("*.js")]
    named = {module: modules_behind(module) for module in modules}
    assert named["/static/ranger/forget.js"] == ("/static/ranger/keeping.js",)
    assert "/static/vendor/noble-hashes/_u64.js" in named["/static/ranger/flights_page.js"]
