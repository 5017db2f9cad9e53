"""The wheel, the source distribution and the editable install pass the same smoke test."""

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "def load(key):\n    return {'ann': 1}[key]\n\n\nload('bob')\n"

pytestmark = [pytest.mark.postgres, pytest.mark.sandbox]


def run(*words: str, cwd: Path, env: dict[str, str] | None = None, code: int = 0) -> str:
    result = subprocess.run(
        words, cwd=cwd, env={**os.environ, **(env or {})}, capture_output=True, text=True, check=False
    )
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel, and a wheel made from the source distribution, as an installer would."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist", "-o", str(out), cwd=ROOT)
    (wheel,) = out.glob("*.whl")
    (sdist,) = out.glob("*.tar.gz")
    unpacked = tmp_path_factory.mktemp("sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(unpacked, filter="data")
    (source,) = unpacked.iterdir()
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "-o", str(unpacked / "dist"), cwd=source)
    (from_source,) = (unpacked / "dist").glob("*.whl")
    return {"wheel": wheel, "sdist": from_source}


@pytest.fixture(params=["wheel", "sdist", "editable"])
def crashlight(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """The command of one kind of installation."""
    if request.param == "editable":
        return [sys.executable, "-m", "crashlight.cli.main"]
    wheel = request.getfixturevalue("built")[request.param]
    venv = tmp_path / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", str(venv), cwd=tmp_path)
    (site,) = venv.glob("lib/python*/site-packages")
    # The dependencies are those of this environment; a path file does not bring its editable installs along.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return [str(venv / "bin" / "python"), "-m", "crashlight.cli.main"]


def test_smoke(crashlight: list[str], tmp_path: Path, own_home: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (project / "users.py").write_text(PROGRAM)
    crashed = subprocess.run([sys.executable, "users.py"], cwd=project, capture_output=True, text=True, check=False)
    (project / "app.log").write_text(crashed.stderr)
    env = {"CRASHLIGHT_HOME": str(own_home)}

    (line,) = run(
        *crashlight, "scan", "--no-model", "--format", "json", "app.log", cwd=project, env=env, code=1
    ).splitlines()
    crash = json.loads(line)
    assert (crash["crash_type"], crash["culprit"]["source"]) == ("KeyError", "users.py:2")

    try:
        run(*crashlight, "db", "upgrade", cwd=project, env=env)
        status = json.loads(run(*crashlight, "db", "status", "--format", "json", cwd=project, env=env))
        assert status
    finally:
        run(*crashlight, "db", "stop", cwd=project, env=env)

    listed = run(*crashlight, "plugins", "list", cwd=project, env=env)
    for plugin in ("python", "node", "jvm", "go", "rust", "native"):
        assert plugin in listed
