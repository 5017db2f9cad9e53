"""Coverage-guided fuzzing (atheris, on libFuzzer) of an analyzer, or of everything the server itself does to log text.

    python tests/fuzz/fuzz_logs.py python -max_total_time=60
    python tests/fuzz/fuzz_logs.py reading -max_total_time=60

Ends with an error and writes the input to a file when anything raises.
"""

import asyncio
import sys
import tempfile
import tomllib
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["crashlight", "crashlight_sdk"]):
    from crashlight.adapters.files import MemoryFile
    from crashlight.adapters.scan import HyperscanScanner
    from crashlight.logs import LogReader, fingerprint
    from crashlight.ports import Claim, PluginInfo
    from crashlight.settings.paths import shipped
    from crashlight_sdk import Crash, Excerpt, Finding, Window
    from crashlight_sdk.testing import load


class EchoHost:
    """Claims every line with a trigger and some behind it, so that all of the mapping back is reached."""

    def plugins(self) -> tuple[PluginInfo, ...]:
        return ()

    async def parse(self, window: Window) -> list[Claim]:
        from crashlight_sdk import Cause, Frame, Span

        claims, last = [], -1
        for hit in window.hits:
            if hit > last:
                last = min(len(window.lines) - 1, hit + 3)
                frames = tuple(Frame(None, None, window.lines[n][:40], printed=Span(n)) for n in range(hit, last + 1))
                cause = Cause(window.lines[hit][:40], window.lines[last], frames, Span(hit, 0, 5))
                claims.append(Claim("echo", Crash("c", hit, last, (cause,), open_end=not window.complete)))
        return claims

    async def explain(self, plugin: str, crash: Crash, excerpt: Excerpt | None) -> Finding | None:
        return None

    async def close(self) -> None:
        pass


def reading(data: bytes) -> None:
    """Read bytes as a log; every place must be in it."""

    async def read() -> None:
        async for one in READER.read(MemoryFile(data), "a.md"):
            assert 1 <= one.first_line <= one.last_line
            for frame in one.crash.root.frames:
                if frame.printed:
                    span = one.locate(frame.printed)
                    assert 0 <= span.start <= span.end

    asyncio.run(read())


def analyzer(folder: Path):  # type: ignore[no-untyped-def]
    """A target that gives lines to one analyzer and checks what it must promise."""
    with atheris.instrument_imports():
        tested = load(folder)

    def target(data: bytes) -> None:
        lines = tuple(data.decode("utf-8", "replace").split("\n"))
        for complete in (True, False):
            last = -1
            for crash in tested.parse(Window(lines, (), complete)):
                assert last < crash.first_line <= crash.last_line < len(lines)
                last = crash.last_line
                assert crash.causes
                fingerprint(crash)
                tested.explain(crash, None)

    return target


TRIGGERS = [b"Traceback (most recent call last)", b"panic: ", b"\n    at ", b"\tat "]
READER = LogReader(HyperscanScanner(TRIGGERS), EchoHost())


def main() -> None:
    """Fuzz what the first word names; the rest are libFuzzer's options."""
    name = sys.argv.pop(1)
    seeds = Path(__file__).parents[1] / "unit" / "logs" / "traces"
    target = reading
    if name != "reading":
        folder = shipped("builtin") / name
        tomllib.loads((folder / "plugin.toml").read_text(encoding="utf-8"))
        target = analyzer(folder)
    # libFuzzer writes what it finds into the first folder, and only reads the others.
    with tempfile.TemporaryDirectory() as found:
        atheris.Setup([*sys.argv, "-max_len=4096", "-timeout=10", found, str(seeds)], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
