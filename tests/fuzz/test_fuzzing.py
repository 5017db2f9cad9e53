"""Fuzzes every analyzer and the reading of logs for a bounded time; and shows that time grows no faster than text."""

import importlib.util
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from crashlight.settings.paths import shipped
from crashlight_sdk import Window
from crashlight_sdk.testing import load

SECONDS = int(os.environ.get("CRASHLIGHT_FUZZ_SECONDS", "3"))
MANIFESTS = {
    path.parent: tomllib.loads(path.read_text(encoding="utf-8")) for path in shipped("builtin").glob("*/plugin.toml")
}
ANALYZERS = sorted(folder for folder, manifest in MANIFESTS.items() if manifest["triggers"].get("literals"))
SHORT, LONG = 1_000, 8_000
TOO_STEEP = 30  # eight would be linear, 64 quadratic
FLOOR = 0.0002  # seconds of processor time below which a clock says little
PADDING = [" ", "a", "1", "(", "a.", "/a:1", "<", "a::"]


@pytest.mark.timeout(120 + 2 * SECONDS)
@pytest.mark.parametrize("name", ["reading", *(folder.name for folder in ANALYZERS)])
def test_fuzzing_finds_nothing(name: str, tmp_path: Path) -> None:
    if importlib.util.find_spec("atheris") is None:
        pytest.skip("atheris is not installed: pip install --group dev")
    result = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("fuzz_logs.py")), name, f"-max_total_time={SECONDS}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert result.returncode == 0, result.stderr[-3000:]


@pytest.mark.parametrize("folder", ANALYZERS, ids=lambda folder: folder.name)
def test_time_grows_no_faster_than_a_line(folder: Path) -> None:
    """Eight times the text may cost about eight times the time; quadratic patterns cost 64 times."""
    analyzer = load(folder)
    literals = MANIFESTS[folder]["triggers"]["literals"]

    def cost(line: str) -> float:
        start = time.process_time()
        analyzer.parse(Window((line,)))
        return time.process_time() - start

    def ratio(form: str, literal: str, padding: str, times: int) -> float:
        short, long = (form.format(literal=literal, text=(padding * size)[:size]) for size in (SHORT, LONG))
        return min(cost(long) for _ in range(times)) / max(FLOOR, min(cost(short) for _ in range(times)))

    slow = [
        (literal, padding, form)
        for literal in literals
        for padding in PADDING
        for form in ("{literal}{text}", "{text}{literal}")
        if ratio(form, literal, padding, 1) > TOO_STEEP and ratio(form, literal, padding, 5) > TOO_STEEP
    ]
    assert not slow
