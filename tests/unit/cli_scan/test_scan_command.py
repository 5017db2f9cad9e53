"""``crashlight scan`` from end to end, with the real analyzers in their sandbox."""

import gzip
import io
import json
from pathlib import Path

import pytest

from crashlight.cli.main import main

TRACE = (Path(__file__).parents[1] / "logs" / "traces" / "python.txt").read_text(encoding="utf-8")
KEYS = [
    "file",
    "start_line",
    "end_line",
    "language",
    "crash_type",
    "message",
    "fingerprint",
    "group_count",
    "culprit",
    "category",
    "confidence",
    "causes",
    "explanation",
    "fixes",
]


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scan(*words: str) -> int:
    return main(["scan", "--no-model", *words])


def objects(capsys: pytest.CaptureFixture[str]) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_an_object_has_exactly_the_keys_of_the_contract(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "a.log").write_text("starting\n" + TRACE)
    assert scan("--format", "json", "a.log") == 1
    [one] = objects(capsys)
    assert list(one) == KEYS
    assert (one["file"], one["start_line"], one["end_line"]) == ("a.log", 2, 21)
    assert (one["language"], one["crash_type"], one["message"]) == ("python", "IndexError", "list index out of range")
    assert one["group_count"] == 1
    assert list(one["culprit"]) == ["file", "line", "function", "source"]
    assert [cause["crash_type"] for cause in one["causes"]] == ["ValueError", "IndexError"]
    assert one["causes"][1]["frames"][0] == {
        "file": "/srv/shop/shop/orders.py",
        "line": 5,
        "function": "price",
        "origin": "app",
    }
    assert list(one["explanation"]) == ["cause", "fix", "by", "prompt"]
    assert one["explanation"]["by"] == "rules"


def test_the_source_in_the_workspace_is_named(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "shop").mkdir()
    source = 'import sys\n\n\ndef price(order):\n    return order["items"][0]["price"]\n'
    (workspace / "shop" / "orders.py").write_text(source)
    (workspace / "a.log").write_text(TRACE)
    scan("--format", "json", "a.log")
    [one] = objects(capsys)
    assert one["culprit"]["source"] == "shop/orders.py:5"


def test_output_is_ascii_on_one_line_each(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = TRACE.replace("list index", "l\u00efst\u2028index \U0001f600")
    (workspace / "a.log").write_text(trace + "between\n" * 30 + trace, encoding="utf-8")
    assert scan("--format", "json", "a.log") == 1
    out = capsys.readouterr().out
    assert out.isascii()
    first, second = (json.loads(line) for line in out.splitlines())
    assert first["message"] == "l\u00efst\u2028index \U0001f600 out of range"
    assert first["group_count"] == second["group_count"] == 2
    assert first["start_line"] < second["start_line"]


def test_a_log_without_a_crash_ends_with_0(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "a.log").write_text("all is well: no error, no exception, no Traceback\n")
    assert scan("--format", "json", "a.log") == 0
    assert capsys.readouterr().out == ""
    (workspace / "empty.log").write_text("")
    assert scan("empty.log") == 0
    assert capsys.readouterr().out == "no crash found\n"


def test_what_cannot_be_read_is_said_and_the_rest_is_read(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "a.log").write_text(TRACE)
    assert scan("--format", "json", "absent.log", "a.log") == 1
    captured = capsys.readouterr()
    assert len(captured.out.splitlines()) == 1
    assert "absent.log" in captured.err


def test_nothing_readable_ends_with_2(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert scan("absent.log") == 2
    assert "absent.log" in capsys.readouterr().err


def test_wrong_arguments_end_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        scan("--format", "xml", "a.log")
    assert raised.value.code == 2


def test_folders_are_read_whatever_the_names(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs = workspace / "logs"
    (logs / "old").mkdir(parents=True)
    (logs / ".git").mkdir()
    (logs / ".gitignore").write_text("*")
    (logs / ".git" / "a.log").write_text(TRACE)
    (logs / "README").write_text(TRACE)
    (logs / "old" / "app.log.2.gz").write_bytes(gzip.compress(TRACE.encode()))
    (logs / "link.log").symlink_to(logs / "README")
    (logs / "core").write_bytes(b"\x7fELF" + bytes(4000) + TRACE.encode())
    assert scan("--format", "json", "logs") == 1
    assert [one["file"] for one in objects(capsys)] == ["logs/README", "logs/old/app.log.2.gz"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(TRACE.encode())))
    assert scan("--format", "json", "-") == 1
    [one] = objects(capsys)
    assert one["file"] == "-"


def test_our_own_output_holds_no_crash(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "a.log").write_text(TRACE)
    for form in ("json", "text", "sarif", "github"):
        scan("--format", form, "a.log")
        (workspace / f"out.{form}").write_text(capsys.readouterr().out)
        assert scan("--format", "json", f"out.{form}") == 0, form


def test_text_for_people_obeys_nothing_in_the_log(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trace = TRACE.replace("list index", "\x9b31mlist\u202e\x07 index")
    (workspace / "a.log").write_text(trace, encoding="utf-8")
    assert scan("a.log") == 1
    out = capsys.readouterr().out
    assert "IndexError" in out
    assert "/srv/shop/shop/orders.py:5" in out
    assert not set(out) & {"\x1b", "\x9b", "\x07", "\u202e"}


def test_annotations_are_escaped(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (workspace / "a.log").write_text(TRACE.replace("list index", "100% of, the: list index"))
    assert scan("--format", "github", "a.log") == 1
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith(
        "::error file=a.log,line=1,title=IndexError::IndexError: 100%25 of, the: list index out of range%0A"
    )


def test_sarif_names_the_crash_its_flow_and_its_fingerprint(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (workspace / "my log.txt").write_text(TRACE)
    assert scan("--format", "sarif", "my log.txt") == 1
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == "2.1.0"
    [run] = document["runs"]
    [result] = run["results"]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "my%20log.txt"},
        "region": {"startLine": 1, "endLine": 20},
    }
    assert len(result["partialFingerprints"]["crashlight/v1"]) == 16
    steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["physicalLocation"]["region"]["startLine"] for step in steps] == [16, 10, 10, 5]
