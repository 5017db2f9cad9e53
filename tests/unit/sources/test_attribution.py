"""Frames find their file and line in the workspace, and only there."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from crashlight.adapters.files import LocalFiles
from crashlight.domain import Fingerprint, LineOrigin, Occurrence
from crashlight.settings.schema import SourceSettings
from crashlight.sources import Sources
from crashlight.sources.printed import plain_path
from crashlight_sdk import Cause, Crash, Frame

APP = "def load(x):\n    return x['id']\n\n\nload({})\n"


def occurrence(*causes: Sequence[Frame], log: str = "a.log") -> Occurrence:
    crash = Crash("python", 0, 0, tuple(Cause("E", "m", tuple(frames)) for frames in causes))
    return Occurrence(log, crash, "python", (LineOrigin(1),), Fingerprint("k", "E", "m", ()))


def frame(file: str, line: int = 2, origin: str = "unknown", **more: object) -> Frame:
    return Frame(file, line, "f", origin=origin, **more)  # type: ignore[arg-type]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "ws"
    for name in (
        "src/users.py",
        "src/api/views.py",
        "src/admin/views.py",
        "pkg/com/acme/Foo.java",
        "other/Foo.java",
        "web/src/x.ts",
        "node_modules/lib/deep.js",
        ".venv/lib/python3.11/site-packages/req/api.py",
        "one/main.py",
        "two/main.py",
    ):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(APP)
    (tmp_path / "outside.py").write_text(APP)
    (root / "link.py").symlink_to(tmp_path / "outside.py")
    (root / "inner.py").symlink_to(root / "src/users.py")
    return root


def sources(root: Path | None, **settings: object) -> Sources:
    roots = [] if root is None else [root]
    return Sources(LocalFiles(), SourceSettings(**settings), roots)  # type: ignore[arg-type]


def place_of(root: Path, found: Frame, log: str = "a.log", **settings: object) -> str | None:
    places = sources(root, **settings).attribute(occurrence([found], log=log)).places
    place = places.get((0, 0))
    return None if place is None else f"{place.relative}:{place.line}" + ("~" if place.moved else "")


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("src/users.py", "src/users.py:2"),
        ("./src/users.py", "src/users.py:2"),
        ("src\\users.py", "src/users.py:2"),
        ("/srv/app/src/users.py", "src/users.py:2"),
        ("/home/ci/build/users.py", "src/users.py:2"),
        ("C:\\build\\src\\users.py", "src/users.py:2"),
        ("webpack:///./web/src/x.ts?4f2a", "web/src/x.ts:2"),
        ("https://cdn.example.org/web/src/x.ts", "web/src/x.ts:2"),
        ("/app/api/views.py", "src/api/views.py:2"),
        ("views.py", None),  # two of that name
        ("/srv/x/main.py", None),  # a name that every project has
        ("<stdin>", None),
        ("node:internal/modules/cjs/loader", None),
        ("/usr/lib/python3/site-packages/users.py", None),
        ("../../etc/passwd", None),
        ("link.py", None),  # leads out of the workspace
        ("inner.py", "inner.py:2"),
        (".venv/lib/python3.11/site-packages/req/api.py", None),
        ("node_modules/lib/deep.js", None),
        ("/srv/deep.js", None),
    ],
)
def test_paths(tree: Path, printed: str, expected: str | None) -> None:
    assert place_of(tree, frame(printed)) == expected


def test_an_absolute_path_inside_the_workspace(tree: Path) -> None:
    assert place_of(tree, frame(str(tree / "src/users.py"))) == "src/users.py:2"
    assert place_of(tree, frame(f"file://{tree}/src/users.py")) == "src/users.py:2"
    assert place_of(tree, frame(str(tree.parent / "outside.py"))) is None
    assert place_of(tree, frame(f"{tree}/../outside.py")) is None


def test_a_jvm_class_names_its_folder(tree: Path) -> None:
    assert place_of(tree, frame("Foo.java", module="com.acme.Foo")) == "pkg/com/acme/Foo.java:2"
    assert place_of(tree, frame("Foo.java", module=None)) is None


def test_the_log_settles_which_file_of_one_name(tree: Path) -> None:
    assert place_of(tree, frame("main.py"), log=str(tree / "one/crash.log")) == "one/main.py:2"
    assert place_of(tree, frame("/app/main.py"), log=str(tree / "two/logs/crash.log")) == "two/main.py:2"


def test_path_maps_come_first_and_stay_inside(tree: Path) -> None:
    assert place_of(tree, frame("/srv/x/views.py"), path_maps={"/srv/x": "src/api"}) == "src/api/views.py:2"
    assert place_of(tree, frame("/srv/outside.py"), path_maps={"/srv": ".."}) is None
    assert place_of(tree, frame("/srv/outside.py"), path_maps={"/srv": str(tree.parent)}) is None


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        (2, "return x['id']", "src/users.py:2"),
        (40, "return x['id']", "src/users.py:2~"),
        (1, "load({})", "src/users.py:5~"),
        (2, "return something_else()", "src/users.py:2"),
    ],
)
def test_a_line_that_moved_is_found_by_its_text(tree: Path, line: int, text: str, expected: str) -> None:
    assert place_of(tree, frame("src/users.py", line, text=text)) == expected


def test_text_that_contradicts_rejects_a_guess(tree: Path) -> None:
    assert place_of(tree, frame("/srv/app/users.py", 2, text="return something_else()")) is None
    assert place_of(tree, frame("/srv/app/users.py", 99)) is None


def test_a_library_frame_is_not_mapped_by_its_name(tree: Path) -> None:
    assert place_of(tree, frame("/usr/lib/python3.11/users.py", origin="runtime")) is None


def test_the_culprit(tree: Path) -> None:
    runtime, library = frame("/usr/lib/x.py", origin="runtime"), frame("/l/y.py", origin="library")
    app, here = frame("/elsewhere/z.py", origin="app"), frame("src/users.py", 2)

    def culprit(*causes: Sequence[Frame]) -> str | None:
        found = sources(tree).attribute(occurrence(*causes)).culprit
        return None if found is None else found.frame.file

    assert culprit([runtime, library, app, here]) == "src/users.py"
    assert culprit([runtime, library, app]) == "/elsewhere/z.py"
    assert culprit([runtime, library]) == "/l/y.py"
    assert culprit([runtime]) is None
    assert culprit([here], [library, app]) == "/elsewhere/z.py"  # the root cause is the last
    assert culprit([here], [runtime]) == "src/users.py"


def test_rules_of_the_user(tree: Path) -> None:
    own = frame("/opt/acme/lib/core.py", origin="library", module="acme.core")
    found = sources(tree, in_app=["acme"], not_in_app=["src/api"]).attribute(
        occurrence([frame("src/api/views.py", 2), own])
    )
    assert [f.origin for f in found.crash.causes[0].frames] == ["library", "app"]
    assert found.culprit is not None and found.culprit.frame.file == own.file
    assert sources(tree, in_app=["acm"]).attribute(occurrence([own])).crash.causes[0].frames[0].origin == "library"


def test_without_a_workspace_nothing_is_listed() -> None:
    found = sources(None).attribute(occurrence([frame("src/users.py", origin="app")]))
    assert found.places == {}
    assert found.culprit is not None and found.culprit.source is None


@pytest.mark.parametrize(
    "printed", ["", "\0", "C:", "//", "webpack://", "file://", "a" * 9000, "%", "..", "../..", "\\"]
)
def test_no_printed_path_raises(tree: Path, printed: str) -> None:
    plain_path(printed)
    place_of(tree, frame(printed))


def test_excerpt_and_context(tree: Path) -> None:
    (tree / "src/long.py").write_text(
        "import os\nimport re\n\n\ndef f(a):\n" + "    a += 1\n" * 400 + "    return re.sub(a)\n"
    )
    facade = sources(tree)
    place = facade.attribute(occurrence([frame("src/long.py", 300)])).places[0, 0]
    excerpt = facade.excerpt(place)
    assert excerpt is not None and len(excerpt.lines) == 200
    assert excerpt.line(300) == "    a += 1"
    small = facade.attribute(occurrence([frame("src/users.py", 2)])).places[0, 0]
    context = facade.context(small)
    assert context is not None
    assert (context.function, context.first_line, context.last_line) == ("load", 1, 2)
    long = facade.context(place)
    assert long is not None and not long.complete and long.first_line <= 300 <= long.last_line
    (tree / "src/users.py").unlink()
    assert facade.excerpt(small) is None
