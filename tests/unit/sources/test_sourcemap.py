"""Minified JavaScript leads to the file it was written in. `minified/` was made with esbuild and really crashed.

esbuild src/main.ts --bundle --minify --sourcemap --sources-content=false --platform=node --outfile=bundle/main.min.js
"""

import base64
import shutil
from pathlib import Path

import pytest

from crashlight.adapters.files import LocalFiles
from crashlight.domain import Fingerprint, LineOrigin, Occurrence
from crashlight.settings.schema import SourceSettings
from crashlight.sources import Sources
from crashlight.sources.sourcemap import SourceMap
from crashlight_sdk import Cause, Crash, Frame

MINIFIED = Path(__file__).with_name("minified")
MAP = (MINIFIED / "bundle/main.min.js.map").read_text()


def place(root: Path, file: str, line: int, column: int) -> str | None:
    frame = Frame(file, line, "n", column=column, origin="app")
    crash = Crash("javascript", 0, 0, (Cause("TypeError", "m", (frame,)),))
    occurrence = Occurrence("a.log", crash, "node", (LineOrigin(1),), Fingerprint("k", "E", "m", ()))
    found = Sources(LocalFiles(), SourceSettings(), [root]).attribute(occurrence).places.get((0, 0))
    return None if found is None else f"{found.relative}:{found.line}"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIFIED, tmp_path / "ws"))


# The columns are those that Node printed.
@pytest.mark.parametrize(("column", "expected"), [(49, "src/cart.ts:9"), (76, "src/main.ts:3")])
@pytest.mark.parametrize(
    "file", ["bundle/main.min.js", "/srv/app/bundle/main.min.js", "https://cdn.example.org/main.min.js?v=2"]
)
def test_frames_of_a_bundle(tree: Path, file: str, column: int, expected: str) -> None:
    assert place(tree, file, 1, column) == expected


def test_the_map_alone_is_enough(tree: Path) -> None:
    (tree / "bundle/main.min.js").unlink()
    assert place(tree, "https://cdn.example.org/bundle/main.min.js", 1, 49) == "src/cart.ts:9"


def test_a_map_inside_the_file(tree: Path) -> None:
    (tree / "bundle/main.min.js.map").unlink()
    code = (tree / "bundle/main.min.js").read_text().split("//#")[0]
    data = base64.b64encode(MAP.encode()).decode()
    (tree / "bundle/main.min.js").write_text(f"{code}//# sourceMappingURL=data:application/json;base64,{data}\n")
    assert place(tree, "bundle/main.min.js", 1, 49) == "src/cart.ts:9"


def test_a_map_leads_nowhere_outside(tree: Path) -> None:
    (tree.parent / "secret.ts").write_text("x\n")
    path = tree / "bundle/main.min.js.map"
    path.write_text(MAP.replace("../src/cart.ts", "../../secret.ts"))
    assert place(tree, "bundle/main.min.js", 1, 49) == "bundle/main.min.js:1"


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"mappings": 3}', '{"mappings": "AAAA", "sources": 4}', "[" * 5000, "\0"]
)
def test_a_broken_map_leaves_the_generated_place(tree: Path, text: str) -> None:
    (tree / "bundle/main.min.js.map").write_text(text)
    assert place(tree, "bundle/main.min.js", 1, 49) == "bundle/main.min.js:1"


@pytest.mark.parametrize("mappings", ["A", "????", "gggggggggggggggggg", ";;;;", ",,,,", "AAAA,D", "D", "AA/A"])
def test_hostile_mappings_do_not_raise(mappings: str) -> None:
    found = SourceMap(f'{{"mappings": "{mappings}", "sources": ["a.ts", null]}}')
    for line in (0, 1, 5, 10**9):
        for column in (-1, 0, 1, 10**9):
            found.find(line, column)
