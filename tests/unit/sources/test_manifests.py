"""A missing dependency goes into the manifest that the project has, and nowhere else."""

from pathlib import Path

import pytest

from crashlight.adapters.files import LocalFiles
from crashlight.domain import SourcePlace
from crashlight.settings.schema import SourceSettings
from crashlight.sources import Sources
from crashlight_sdk import Intent

POM = "<project>\n  <dependencies>\n  </dependencies>\n</project>\n"


def added(folder: Path, source: str, package: str, version: str | None, manifest: str, text: str) -> str | None:
    (folder / "src").mkdir()
    (folder / "src" / source).write_text("x = 1\n")
    (folder / manifest).write_text(text)
    place = SourcePlace(str(folder / "src" / source), f"src/{source}", 1)
    args = {"package": package} | ({} if version is None else {"version": version})
    fixes = Sources(LocalFiles(), SourceSettings(), [folder]).realise(
        [Intent("add_dependency", "Add it", args=args)], place, "rule"
    )
    if not fixes:
        return None
    (edit,) = fixes[0].edits
    assert edit.file == manifest
    lines = text.splitlines(keepends=True)
    lines[edit.start_line - 1 : edit.end_line] = [edit.text]
    return "".join(lines)


@pytest.mark.parametrize(
    ("source", "package", "version", "manifest", "before", "after"),
    [
        ("a.py", "requests", None, "requirements.txt", "flask==3.0\n", "flask==3.0\nrequests\n"),
        ("a.py", "requests", "2.1", "requirements.txt", "flask", "flask\nrequests==2.1\n"),
        ("a.py", "requests", None, "requirements.txt", "Requests>=2\n", None),
        (
            "a.py",
            "b",
            None,
            "pyproject.toml",
            '[project]\ndependencies = ["a"]\n',
            '[project]\ndependencies = ["a", "b"]\n',
        ),
        (
            "a.py",
            "b",
            "1",
            "pyproject.toml",
            '[project]\ndependencies = [\n  "a",\n]\n',
            '[project]\ndependencies = [\n  "b>=1",\n  "a",\n]\n',
        ),
        ("a.py", "b", None, "pyproject.toml", "[tool.black]\n", None),
        (
            "a.js",
            "b",
            "^1.0.0",
            "package.json",
            '{\n  "dependencies": {\n    "a": "1"\n  }\n}\n',
            '{\n  "dependencies": {\n    "b": "^1.0.0",\n    "a": "1"\n  }\n}\n',
        ),
        (
            "a.js",
            "b",
            None,
            "package.json",
            '{\n  "name": "x"\n}\n',
            '{\n  "dependencies": { "b": "*" },\n  "name": "x"\n}\n',
        ),
        ("a.js", "b", None, "package.json", "{oops", None),
        (
            "a.go",
            "example.org/b",
            "v1.2.0",
            "go.mod",
            "module x\n\nrequire (\n)\n",
            "module x\n\nrequire (\n\texample.org/b v1.2.0\n)\n",
        ),
        ("a.go", "example.org/b", None, "go.mod", "module x\n", None),
        (
            "a.rs",
            "rand",
            "0.8",
            "Cargo.toml",
            "[package]\nname = 'x'\n[dependencies]\n",
            "[package]\nname = 'x'\n[dependencies]\nrand = \"0.8\"\n",
        ),
        (
            "A.java",
            "g:b",
            "1",
            "pom.xml",
            POM,
            POM.replace(
                "<dependencies>\n",
                "<dependencies>\n    <dependency>\n      <groupId>g</groupId>\n      <artifactId>b</artifactId>\n"
                "      <version>1</version>\n    </dependency>\n",
            ),
        ),
        (
            "A.java",
            "g:b",
            "1",
            "build.gradle",
            "dependencies {\n}\n",
            "dependencies {\n    implementation 'g:b:1'\n}\n",
        ),
        ("a.rb", "rake", None, "Gemfile", "source 'x'\n", "source 'x'\ngem 'rake'\n"),
        ("a.py", "a; import os", None, "requirements.txt", "", None),
    ],
)
def test_manifests(
    source: str, package: str, version: str | None, manifest: str, before: str, after: str | None, tmp_path: Path
) -> None:
    assert added(tmp_path, source, package, version, manifest, before) == after


def test_the_nearest_manifest_is_taken(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "svc").mkdir()
    (tmp_path / "svc/requirements.txt").write_text("")
    (tmp_path / "svc/a.py").write_text("import b\n")
    place = SourcePlace(str(tmp_path / "svc/a.py"), "svc/a.py", 1)
    (fix,) = Sources(LocalFiles(), SourceSettings(), [tmp_path]).realise(
        [Intent("add_dependency", "Add it", args={"package": "b"})], place, "rule"
    )
    assert [edit.file for edit in fix.edits] == ["svc/requirements.txt"]
