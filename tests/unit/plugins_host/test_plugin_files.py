"""Manifests, digests, approvals, discovery and the audit file: reading only, no process."""

import time
import zipfile
from pathlib import Path

import pytest

from crashlight.adapters.plugins import WorkerHost
from crashlight.adapters.plugins.approvals import Approval, Approvals
from crashlight.adapters.plugins.canary import Canary
from crashlight.adapters.plugins.discovery import add, installed
from crashlight.adapters.plugins.events import MOST_A_MINUTE, Events, audit_path, read_audit
from crashlight.adapters.plugins.manifest import PluginError, Source, digest, read_files, read_manifest
from crashlight.adapters.plugins.preload import needed
from crashlight.adapters.sandbox.machine import Machine
from crashlight.ports import SecurityEvent
from crashlight.settings.schema import PluginSettings

MANIFEST = """
[plugin]
id = "sample"
version = "1.0"
api = 1
entry = "analyzer:Sample"
[triggers]
literals = ["sample failed"]
"""
FULL = Machine("linux", "x86_64", seccomp=True, listener=True, landlock=7)


def plugin(folder: Path, manifest: str = MANIFEST, code: str = "class Sample: ...") -> Path:
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(manifest)
    (folder / "analyzer.py").write_text(code)
    return folder


def allow(source: Source) -> None:
    Approvals().allow(source.id, Approval(digest(source.files()), str(source.folder), time.time(), {}))


def states(**settings: str) -> dict[str, tuple[str, str]]:
    host = WorkerHost(PluginSettings(**settings), machine=FULL)  # type: ignore[arg-type]
    return {info.id: (info.state, info.detail) for info in host.plugins() if not info.builtin}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (('id = "sample"', 'id = "Sample"'), "plugin.id"),
        (('id = "sample"', 'id = "../x"'), "plugin.id"),
        (("api = 1", "api = 2"), "api 2 is not known"),
        (("analyzer:Sample", "os.system"), "plugin.entry"),
        (('["sample failed"]', '["abc"]'), "4 to 200 bytes"),
        (('["sample failed"]', '["' + "x" * 201 + '"]'), "4 to 200 bytes"),
        (('["sample failed"]', str([f"literal {n}" for n in range(65)]).replace("'", '"')), "triggers.literals"),
        (('literals = ["sample failed"]', ""), "never run"),
        (("[triggers]", "surprise = 1\n[triggers]"), "unknown field"),
        (("[triggers]", '[permissions]\nsource = "everything"\n[triggers]'), "permissions.source"),
        (("[triggers]", "[limits]\nwall_ms = -1\n[triggers]"), "limits.wall_ms"),
        (("[plugin]", "[plugin"), "plugin.toml"),
    ],
)
def test_a_wrong_manifest_says_what_is_wrong(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    plugin(tmp_path / "p", MANIFEST.replace(*change))
    with pytest.raises(PluginError, match=reason):
        read_manifest(tmp_path / "p", builtin=False)


def test_a_wrong_manifest_costs_that_plugin_alone(tmp_path: Path) -> None:
    plugin(tmp_path / "good")
    plugin(tmp_path / "wrong", "nothing")
    infos = {info.id: info for info in WorkerHost(PluginSettings(), builtin=tmp_path).plugins()}
    assert (infos["sample"].state, infos["wrong"].state) == ("ready", "refused")
    assert "plugin.toml" in infos["wrong"].detail


def test_files_are_the_code_and_data_alone(tmp_path: Path) -> None:
    folder = plugin(tmp_path / "p")
    (folder / "data.json").write_text("{}")
    for name in ("tests/test_it.py", ".git/config.py", "__pycache__/x.py", "notes.txt"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    (folder / "secret.py").symlink_to("/etc/passwd")
    assert sorted(read_files(folder)) == ["analyzer.py", "data.json", "plugin.toml"]


def test_a_digest_changes_with_names_and_texts() -> None:
    seen = {digest(files) for files in ({"a": "bc"}, {"ab": "c"}, {"a": "b", "c": ""}, {"a": "bc", "d": ""}, {})}
    assert len(seen) == 5


def test_nothing_runs_without_an_approval_and_a_change_asks_anew(tmp_path: Path) -> None:
    source = read_manifest(plugin(tmp_path / "p"), builtin=False)
    assert states() == {}
    allow(source)
    assert states() == {"sample": ("ready", "")}
    (source.folder / "analyzer.py").write_text("import os")
    state, detail = states()["sample"]
    assert state == "off"
    assert "changed since you allowed it" in detail
    assert Approvals().deny("sample")
    assert states() == {}
    assert not Approvals().deny("sample")


def test_quarantine_is_bound_to_the_code(tmp_path: Path) -> None:
    source = read_manifest(plugin(tmp_path / "p"), builtin=False)
    allow(source)
    Approvals().quarantine("sample", digest(source.files()), "it lied")
    assert states()["sample"][0] == "quarantined"
    (source.folder / "analyzer.py").write_text("class Sample: 'mended'")
    allow(source)
    assert states()["sample"][0] == "ready"
    assert Approvals().reset("sample") == 1


def test_third_party_plugins_need_the_level_that_the_user_asks_for(tmp_path: Path) -> None:
    allow(read_manifest(plugin(tmp_path / "p"), builtin=False))
    for level, wanted, state in (
        ("seccomp", "seccomp", "ready"),
        ("seccomp", "full", "refused"),
        ("process", "seccomp", "refused"),
        ("process", "process", "ready"),
    ):
        host = WorkerHost(PluginSettings(minimum_level=wanted), machine=FULL.at_most(level))  # type: ignore[arg-type]
        assert {info.id: info.state for info in host.plugins()}["sample"] == state


def test_a_built_in_id_cannot_be_taken(tmp_path: Path) -> None:
    plugin(tmp_path / "builtin" / "sample")
    allow(read_manifest(plugin(tmp_path / "other"), builtin=False))
    infos = WorkerHost(PluginSettings(), builtin=tmp_path / "builtin").plugins()
    assert [(info.id, info.builtin) for info in infos] == [("sample", True)]


def test_a_damaged_book_allows_nothing(tmp_path: Path) -> None:
    allow(read_manifest(plugin(tmp_path / "p"), builtin=False))
    Approvals().path.write_text("{")
    assert states() == {}


def wheel(path: Path, names: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in names.items():
            archive.writestr(name, text)
    return path


def test_a_wheel_is_unpacked_and_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    names = {
        "sample/plugin.toml": MANIFEST,
        "sample/analyzer.py": f"open({str(marker)!r}, 'w')",
        "sample/../../evil.py": "",
        "/etc/evil.py": "",
        "sample-1.0.dist-info/METADATA": "",
    }
    source = add(wheel(tmp_path / "sample-1.0-py3-none-any.whl", names))
    assert sorted(path.name for path in source.folder.iterdir()) == ["analyzer.py", "plugin.toml"]
    assert [found.id for found in installed() if isinstance(found, Source)] == ["sample"]
    assert not marker.exists()
    assert states() == {}


@pytest.mark.parametrize("names", [{"a.py": ""}, {"a/plugin.toml": MANIFEST, "b/plugin.toml": MANIFEST}])
def test_a_wheel_needs_one_manifest(tmp_path: Path, names: dict[str, str]) -> None:
    with pytest.raises(PluginError, match=r"plugin\.toml"):
        add(wheel(tmp_path / "x.whl", names))


def test_what_is_no_plugin_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.whl").write_bytes(b"PK")
    for path in (tmp_path / "x.whl", tmp_path / "nothing", tmp_path):
        with pytest.raises(PluginError):
            add(path)


def test_entry_points_are_read_and_never_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = plugin(tmp_path / "site" / "foreign" / "crash")
    marker = tmp_path / "ran"
    (package.parent / "__init__.py").write_text(f"open({str(marker)!r}, 'w')")
    info = tmp_path / "site" / "foreign-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[crashlight.plugins]\nsample = foreign.crash\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    found = [source for source in installed() if isinstance(source, Source)]
    assert [(source.id, source.folder) for source in found] == [("sample", package)]
    assert not marker.exists()


def test_only_modules_that_are_named_are_loaded_before_the_lock() -> None:
    source = """
import re, json as j
from collections import OrderedDict
from collections.abc import Mapping
import os, socket
from crashlight_sdk import rules, Crash
from crashlight_sdk.words import Span
    from datetime import datetime
from .re import x
"""
    words = "_strptime collections collections.abc crashlight_sdk.rules crashlight_sdk.words datetime json re"
    assert [name for name in needed([source]) if not name.startswith("encodings.")] == words.split()


def event(at: float, verdict: str = "denied") -> SecurityEvent:
    return SecurityEvent(at, "noisy", "d", 1, "parse", "openat", "mild", verdict)  # type: ignore[arg-type]


def test_a_flood_of_events_is_bounded_and_kills_are_always_kept() -> None:
    told: list[SecurityEvent] = []
    events = Events(told.append)
    for _ in range(500):
        events.add(event(10.0))
    events.add(event(11.0, "killed"))
    events.add(event(80.0))
    assert len(told) == MOST_A_MINUTE + 3
    assert [one.verdict for one in told[-3:]] == ["killed", "denied", "denied"]
    assert told[-2].detail == f"{500 - MOST_A_MINUTE} more events in a minute"
    assert read_audit() == told


def test_the_audit_file_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crashlight.adapters.plugins.events.LARGEST_FILE", 2000)
    events = Events(lambda one: None)
    for minute in range(200):
        events.add(event(minute * 61.0))
    sizes = [path.stat().st_size for path in audit_path().parent.glob("plugins-audit*.jsonl")]
    assert len(sizes) == 2
    assert max(sizes) < 2500
    assert read_audit()[-1].time == 199 * 61.0


def test_a_canary_is_seen_in_any_guise() -> None:
    canary = Canary()
    token = canary.token
    import base64

    for said in (
        token,
        token[::-1],
        token.encode().hex(),
        base64.b64encode(b"xx" + token.encode() + b"y").decode(),
        base64.b64encode(b"x" + token.encode()).decode(),
        base64.b64encode(token.encode() + b"yy").decode(),
    ):
        assert canary.is_in(f"before {said} after".encode())
    assert not canary.is_in(token[:-1].encode())
