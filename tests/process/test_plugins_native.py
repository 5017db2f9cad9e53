"""The native profile, with a C extension that is compiled here: loaded by counted reads, then locked like any other."""

import shutil
import subprocess
import sysconfig
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from crashlight.adapters.plugins import WorkerHost
from crashlight.adapters.plugins.approvals import Approval, Approvals
from crashlight.adapters.plugins.manifest import read_manifest
from crashlight.adapters.sandbox import survey
from crashlight.adapters.sandbox.audit import Attempt
from crashlight.adapters.sandbox.loading import MOST_BYTES, MOST_OPENS, Loading
from crashlight.ports import SecurityEvent
from crashlight.settings.schema import PluginSettings
from crashlight_sdk import Window

SOURCE = """
#include <Python.h>
#include <fcntl.h>
#include <errno.h>
static PyObject *length(PyObject *self, PyObject *text) { return PyLong_FromSsize_t(PyUnicode_GetLength(text)); }
static PyObject *peek(PyObject *self, PyObject *path) {
    int fd = open(PyUnicode_AsUTF8(path), O_RDONLY);
    return PyLong_FromLong(fd < 0 ? -errno : fd);
}
static PyMethodDef methods[] = {{"length", length, METH_O, ""}, {"peek", peek, METH_O, ""}, {0}};
static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "fast", 0, -1, methods};
PyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&module); }
"""
MANIFEST = """
[plugin]
id = "swift-one"
version = "1.0"
api = 1
entry = "analyzer:Analyzer"
profile = "native"
[triggers]
literals = ["BOOM"]
"""
ANALYZER = """
import colorsys  # a module that no worker loads before its lock
from crashlight_sdk import Cause, Crash
from . import fast, other

AT_IMPORT = (fast.peek("/etc/passwd"), fast.peek(__file__) > 0)

class Analyzer:
    def parse(self, window):
        now = (fast.peek(__file__), fast.peek("/etc/passwd"))
        said = f"{fast.length(window.lines[0])} {other.WORD} {AT_IMPORT} {now}"
        return [Crash("other", 0, 0, (Cause("Boom", said),))]
    def explain(self, crash, excerpt):
        return None
"""

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(survey().level != "full", reason="the native profile needs seccomp and Landlock"),
    pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler"),
]


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    folder = tmp_path / "swift-one"
    folder.mkdir()
    (folder / "plugin.toml").write_text(MANIFEST)
    (folder / "analyzer.py").write_text(ANALYZER)
    (folder / "other.py").write_text("WORD = 'other'")
    (tmp_path / "fast.c").write_text(SOURCE)
    include = sysconfig.get_path("include")
    target = folder / f"fast{sysconfig.get_config_var('EXT_SUFFIX')}"
    subprocess.run(["gcc", "-shared", "-fPIC", f"-I{include}", tmp_path / "fast.c", "-o", target], check=True)
    return folder


@pytest.fixture
def events() -> list[SecurityEvent]:
    return []


@pytest.fixture
async def host(plugin: Path, tmp_path: Path, events: list[SecurityEvent]) -> AsyncIterator[WorkerHost]:
    source = read_manifest(plugin, builtin=False)
    Approvals().allow(source.id, Approval(source.digest(), str(plugin), time.time(), {}))
    (tmp_path / "none").mkdir()
    host = WorkerHost(PluginSettings(), events.append, builtin=tmp_path / "none")
    yield host
    await host.close()


async def test_an_extension_is_loaded_and_then_reads_nothing(host: WorkerHost, events: list[SecurityEvent]) -> None:
    claims = await host.parse(Window(("BOOM",)))
    assert {info.id: info.detail for info in host.plugins()} == {"swift-one": ""}
    # At import its own folder could be read and nothing else (EACCES, from Landlock); afterwards nothing (EPERM).
    assert [claim.crash.root.message for claim in claims] == ["4 other (-13, True) (-1, -1)"]
    assert {(event.phase, event.call) for event in events} == {("parse", "openat")}


async def test_the_approval_covers_the_extension_too(host: WorkerHost, plugin: Path) -> None:
    assert {info.state for info in host.plugins()} == {"ready"}
    next(plugin.glob("*.so")).write_bytes(b"another")
    assert {info.state for info in WorkerHost(PluginSettings(), builtin=plugin).plugins()} == {"off"}


async def test_without_landlock_it_does_not_run(host: WorkerHost, tmp_path: Path) -> None:
    lesser = WorkerHost(PluginSettings(), builtin=tmp_path / "none", machine=survey().at_most("seccomp"))
    (info,) = lesser.plugins()
    assert (info.state, "level 'full'" in info.detail) == ("refused", True)


def attempt(call: str, *arguments: int) -> Attempt:
    return Attempt(call, (*arguments, *(0,) * (6 - len(arguments))), 1, "mild")


@pytest.mark.parametrize(
    ("call", "goes_on"),
    [
        (attempt("openat", 0, 0, 0o2000000), True),  # O_CLOEXEC
        (attempt("openat", 0, 0, 0o1), False),
        (attempt("openat", 0, 0, 0o2), False),
        (attempt("openat", 0, 0, 0o100), False),
        (attempt("open", 0, 0o1000), False),
        (attempt("newfstatat"), True),
        (attempt("mmap", 0, 4096, 5), True),
        (attempt("mmap", 0, 4096, 7), False),
        (attempt("mprotect", 0, 4096, 5), False),
        (attempt("socket", 2, 1), False),
        (attempt("execve"), False),
        (attempt("unlinkat"), False),
        (attempt("ioctl", 3, 0x5401), True),
        (attempt("ioctl", 0, 0x5412), False),  # TIOCSTI
    ],
)
def test_what_goes_on_while_a_plugin_is_loaded(call: Attempt, goes_on: bool) -> None:
    assert Loading()(call) is goes_on


def test_opens_and_bytes_are_counted_and_capped() -> None:
    loading = Loading()
    assert all(loading(attempt("openat")) for _ in range(MOST_OPENS))
    assert not loading(attempt("openat"))
    assert loading(attempt("read", 3, 0, MOST_BYTES))
    assert not loading(attempt("read", 3, 0, 1))
