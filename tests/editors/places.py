"""Where the editors lie that setup.sh brings, and where a run leaves its pictures."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "editors"
ARTEFACTS = ROOT / "artefacts" / "editors"
CLIENTS = ROOT / "tests" / "protocol" / "clients"
