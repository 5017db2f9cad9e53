"""The house keeps its floors: who may import whom, and what the quick commands must not pay for."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_imports_run_down_the_house() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("heavy", ["pygls", "lsprotocol", "sqlalchemy", "psycopg", "llama_cpp", "huggingface_hub"])
def test_scan_does_not_import(heavy: str, tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("all is well\n")
    script = (
        "import sys; from crashlight.cli.main import main;"
        f"code = main(['scan', '--no-model', {str(log)!r}]);"
        f"assert code == 0, code; assert {heavy!r} not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)
