"""``crashlight plugins`` as a user calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from crashlight.adapters.sandbox import survey

EXAMPLES = Path(__file__).resolve().parents[2] / "plugins" / "examples"

pytestmark = [pytest.mark.sandbox, pytest.mark.skipif(not survey().seccomp, reason="this machine has no seccomp")]


def plugins(*words: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "crashlight.cli.main", "plugins", *map(str, words)]
    return subprocess.run(argv, capture_output=True, text=True, cwd=cwd, stdin=subprocess.DEVNULL)


def listed() -> dict[str, dict[str, object]]:
    return {entry["id"]: entry for entry in json.loads(plugins("list", "--format", "json").stdout)}


def test_from_nothing_to_a_plugin_that_runs(tmp_path: Path) -> None:
    made = plugins("new", "my-thing", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    folder = tmp_path / "my-thing"
    tested = plugins("test", folder, "--format", "json")
    outcome = json.loads(tested.stdout)
    assert (tested.returncode, outcome["plugin"], outcome["level"]) == (0, "my-thing", survey().level)
    assert {case["status"] for case in outcome["cases"]} == {"ok"}
    assert len(outcome["cases"]) > 15
    own_test = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", folder], capture_output=True, text=True, cwd=folder
    )
    assert own_test.returncode == 0, own_test.stdout

    assert "my-thing" not in listed()
    assert plugins("add", folder).returncode == 0
    assert listed()["my-thing"]["state"] == "off"

    refused = plugins("allow", "my-thing")  # nobody is there to answer
    assert refused.returncode == 1
    assert "It stays off" in refused.stdout
    allowed = plugins("allow", "my-thing", "--yes")
    assert allowed.returncode == 0
    assert "source: none" in allowed.stdout
    assert listed()["my-thing"]["state"] == "ready"

    log = tmp_path / "a.log"
    log.write_text("app.cfg:12: my-thing failed: no such key\n")
    scan = [sys.executable, "-m", "crashlight.cli.main", "scan", "--no-model", "--format", "json", str(log)]
    found = subprocess.run(scan, capture_output=True, text=True)
    assert found.returncode == 1, found.stderr
    assert json.loads(found.stdout)["crash_type"] == "my-thing failed"

    assert plugins("deny", "my-thing").returncode == 0
    assert listed()["my-thing"]["state"] == "off"


@pytest.mark.parametrize(
    ("bad", "status", "text"),
    [
        ("hang", "killed", "no answer within"),
        ("escapee", "killed", "socket"),
        ("liar", "failed", "lines"),
        ("thief", "denied", "the sandbox denied openat in parse"),
        ("crash-at-import", "failed", "RuntimeError: this plugin never works"),
        ("spin", "killed", "processor time"),
    ],
)
def test_what_is_wrong_with_a_plugin_is_said(bad: str, status: str, text: str) -> None:
    tested = plugins("test", EXAMPLES / "bad" / bad, "--format", "json")
    assert tested.returncode == 1, tested.stderr
    cases = json.loads(tested.stdout)["cases"]
    assert any(case["status"] == status and text in case["text"] for case in cases), cases


def test_imports_that_a_plugin_cannot_have_are_found(tmp_path: Path) -> None:
    plugins("new", "greedy", cwd=tmp_path)
    code = tmp_path / "greedy" / "analyzer.py"
    code.write_text("import socket\n" + code.read_text())
    tested = plugins("test", tmp_path / "greedy")
    assert "analyzer.py imports socket, which a plugin cannot have" in tested.stdout


def test_what_cannot_be_done_says_why(tmp_path: Path) -> None:
    for words, said in (
        (("test", tmp_path), "has no plugin.toml"),
        (("add", tmp_path / "absent"), "neither a folder"),
        (("new", "Bad Name"), "is no id"),
        (("allow", "nobody", "--yes"), "there is no third-party plugin 'nobody'"),
    ):
        done = plugins(*words, cwd=tmp_path)
        assert (done.returncode, said in done.stderr) == (2, True), done
    assert "was not allowed" in plugins("deny", "nobody").stdout
    assert "in no quarantine" in plugins("reset", "nobody").stdout
    assert "Nothing was denied" in plugins("audit").stdout
    assert plugins("audit", "--format", "json").stdout == ""


def test_the_smallest_example_passes() -> None:
    tested = plugins("test", EXAMPLES / "smallest")
    assert tested.returncode == 0, tested.stdout
