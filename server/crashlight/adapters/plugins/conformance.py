"""``crashlight plugins test``: run one plugin, in the sandbox that it will have, through what every plugin must stand.

Contract, hostile text, growth of time, determinism, imports. What the sandbox denied is told with the case
in which it was tried.
"""

import ast
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from crashlight.adapters.plugins import checks
from crashlight.adapters.plugins.channel import Budget
from crashlight.adapters.plugins.manifest import PluginError, Source, read_manifest
from crashlight.adapters.plugins.preload import STANDARD
from crashlight.adapters.plugins.worker import Failure, Reply, Unavailable, Worker
from crashlight.adapters.sandbox.audit import Attempt
from crashlight.adapters.sandbox.machine import Machine, survey
from crashlight_sdk import Crash, Finding, Window

CaseStatus = Literal["ok", "denied", "killed", "failed"]

MOST_KILLS: Final = 3
LINE_CAP: Final = 16 << 10
GROWTH: Final = (1, 2, 4)
MOST_GROWTH: Final = 3.5  # when the input doubles; linear is 2
NOISE_S: Final = 0.02  # below this the clock says nothing about growth


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was tried, and how it went; ``text`` is what the plugin raised, or why it failed."""

    name: str
    status: CaseStatus
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """All cases of one plugin, at the level of the sandbox that was reached."""

    plugin: str
    level: str
    cases: tuple[Case, ...]

    @property
    def passed(self) -> bool:
        """Whether every case is ok."""
        return all(case.status == "ok" for case in self.cases)

    def as_dict(self) -> dict[str, Any]:
        """As ``--format json`` prints it."""
        return {"plugin": self.plugin, "level": self.level, "cases": [asdict(case) for case in self.cases]}


def test(folder: Path, machine: Machine | None = None) -> Outcome:
    """Run all cases on the plugin in ``folder``. Raises PluginError when it cannot even be read."""
    source = read_manifest(folder, builtin=False)
    files = source.files()
    cases = [Case("manifest", "ok"), _imports(files)]
    with _trial(source, machine or survey()) as trial:
        for name, attempt in _cases(source, folder):
            case = trial.run(name, attempt)
            cases.append(case)
            if name == "load" and case.status != "ok":
                break
            if sum(one.status == "killed" for one in cases) == MOST_KILLS:
                cases.append(Case("the rest", "failed", f"not tried, since it was killed {MOST_KILLS} times"))
                break
        level = trial.level
    return Outcome(source.id, level, tuple(cases))


class Trial:
    """One worker with one plugin; says what happened as a case."""

    def __init__(self, source: Source, machine: Machine) -> None:
        limits = source.manifest.limits
        self._source = source
        self._attempts: list[tuple[str, Attempt]] = []
        self._budget = Budget(limits.wall_ms / 1000, limits.cpu_ms / 1000, limits.output_kb << 10)
        self._worker = Worker(
            source.id,
            {source.id: source},
            memory_mb=limits.memory_mb,
            machine=machine,
            on_attempt=lambda plugin, pid, phase, attempt: self._attempts.append((phase, attempt)),
            on_idle_failure=lambda plugin, failure: None,
        )

    @property
    def level(self) -> str:
        """The level that was proven; ``none`` when nothing could be started."""
        return self._worker.level or "none"

    def run(self, name: str, attempt: "Callable[[Trial], None]") -> Case:
        """Try one case."""
        self._attempts.clear()
        try:
            attempt(self)
        except Failure as failure:
            case = Case(name, "killed" if failure.killed else "failed", failure.detail)
        except (checks.RaisedInside, checks.Refused, Unavailable, PluginError) as error:
            case = Case(name, "failed", str(error))
        else:
            case = Case(name, "ok")
        if not self._attempts:
            return case
        tried = ", ".join(sorted({f"{attempt.call} in {phase}" for phase, attempt in self._attempts}))
        status: CaseStatus = "denied" if case.status in {"ok", "failed"} else case.status
        return replace(case, status=status, text=f"{case.text}; the sandbox denied {tried}".removeprefix("; "))

    def load(self) -> None:
        """Have the plugin's code run."""
        self._ask("parse", _request(self._source, _window([""])))

    def parse(self, lines: list[str], *, complete: bool = True) -> list[Crash]:
        """The crashes that it finds, every one within the window. Raises Refused for the first that is not."""
        window = _window(lines, complete=complete)
        answer = self._ask("parse", _request(self._source, window))
        found: list[Crash] = checks.decode(answer, list[Crash])
        checked = checks.crashes(found, window)
        if checked.refused:
            raise checks.Refused(checked.refused[0])
        return checked.crashes

    def explain(self, crash: Crash) -> Finding | None:
        """What it says of a crash, without an excerpt. Raises Refused."""
        body = {"op": "explain", "plugin": self._source.id, "crash": crash, "excerpt": None}
        answer: Finding | None = checks.decode(self._ask("explain", msgspec.json.encode(body)), Finding | None)
        if answer is None:
            return None
        finding, refused = checks.finding(answer, crash, None)
        if refused:
            raise checks.Refused(refused[0])
        return finding

    def cpu_of_parsing(self, lines: list[str]) -> float:
        """Processor time of the worker for these lines, in seconds; what it answers is not looked at."""
        return self._reply("parse", _request(self._source, _window(lines))).cpu_s

    def _ask(self, operation: str, request: bytes) -> bytes:
        return self._reply(operation, request).body

    def _reply(self, operation: str, request: bytes) -> Reply:
        budget = self._budget.for_request(len(request))
        return self._worker.submit(self._source, operation, request, budget).result()

    def close(self) -> None:
        """End the worker."""
        self._worker.close()


@contextmanager
def _trial(source: Source, machine: Machine) -> Iterator[Trial]:
    trial = Trial(source, machine)
    try:
        yield trial
    finally:
        trial.close()


def _cases(source: Source, folder: Path) -> Iterator[tuple[str, Callable[[Trial], None]]]:
    yield "load", Trial.load
    if not source.literals:
        return  # it refines what others found, and is asked with their words alone
    samples = [(path.name, path.read_text(encoding="utf-8", errors="replace").splitlines()) for path in _logs(folder)]
    for name, lines in samples:
        yield f"finds a crash in {name}", lambda trial, lines=lines: _finds(trial, lines)  # type: ignore[misc]
        yield f"says the same of {name} twice", lambda trial, lines=lines: _repeats(trial, lines)  # type: ignore[misc]
        yield f"stands {name} cut at every line", lambda trial, lines=lines: _cut(trial, lines)  # type: ignore[misc]
    for name, lines in hostile(source.manifest.triggers.literals):
        yield f"stands {name}", lambda trial, lines=lines: _stands(trial, lines)  # type: ignore[misc]
    for literal in source.manifest.triggers.literals:
        yield f"takes linear time after {literal!r}", lambda trial, literal=literal: _grows(trial, literal)  # type: ignore[misc]


def _logs(folder: Path) -> list[Path]:
    return sorted(path for path in (folder / "tests").glob("*.log") if path.is_file())


def hostile(literals: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Texts that no analyzer may fall over, each around the plugin's own literals."""
    joined = [line for literal in literals for line in literal.split("\n")]
    yield "no lines", []
    yield "empty lines", [""] * 1000
    yield "its literals alone", joined
    yield "its literals a thousand times", (joined * 1000)[:20_000]
    yield "its literals in one long line", ["".join(literals).replace("\n", " ").ljust(LINE_CAP, "x")[:LINE_CAP]]
    yield "control characters", [literal + "\x00\x1b[31m\x7f\u202e\u2028" for literal in joined]
    yield "characters beyond the BMP", [literal + " \U0001f4a5\u0301\uffff" for literal in joined]
    yield "half surrogate pairs", [literal + " \ufffd\ufffd" for literal in joined]
    yield "numbers without end", [literal + "9" * 5000 for literal in joined]
    yield "brackets without end", [literal + "([{<" * 1000 for literal in joined]
    yield "quotes without end", [literal + "'\"`" * 1000 for literal in joined]
    yield "spaces without end", [literal + " \t" * 4000 for literal in joined]
    yield "separators without end", [literal + ":/\\.at -" * 1000 for literal in joined]


def _finds(trial: Trial, lines: list[str]) -> None:
    crashes = trial.parse(lines)
    if not crashes:
        raise checks.Refused("it found no crash in its own sample")
    for crash in crashes:
        trial.explain(crash)


def _repeats(trial: Trial, lines: list[str]) -> None:
    first = trial.parse(lines)
    trial.parse(["something else", *lines, *lines])
    if trial.parse(lines) != first:
        raise checks.Refused("it gave two answers for one input")


def _cut(trial: Trial, lines: list[str]) -> None:
    for end in range(1, min(len(lines), 200) + 1):
        trial.parse(lines[:end], complete=False)


def _stands(trial: Trial, lines: list[str]) -> None:
    for crash in trial.parse(lines)[:20]:
        trial.explain(crash)


def _grows(trial: Trial, literal: str) -> None:
    """Processor time for once, twice and four times the text after a literal, in longer lines and in more of them."""
    head = literal.replace("\n", " ")
    for name, texts in (
        ("the length of a line", [[f"{head} {'a.b:c/d ' * 500 * factor}"] * 8 for factor in GROWTH]),
        ("the length of a word", [[f"{head} {'x' * 4000 * factor}"] * 4 for factor in GROWTH]),
        ("the number of lines", [[f"{head} {'a.b:c/d ' * 20}"] * 50 * factor for factor in GROWTH]),
    ):
        times = [min(trial.cpu_of_parsing(lines) for _ in range(3)) for lines in texts]
        growth = max(later / max(earlier, NOISE_S) for earlier, later in itertools.pairwise(times))
        if growth > MOST_GROWTH:
            raise checks.Refused(f"twice {name} took {growth:.1f} times as long")


def _imports(files: dict[str, str]) -> Case:
    """Every import of the plugin must be its own, the interface's, or of the preloaded part."""
    for name, text in files.items():
        if not name.endswith(".py"):
            continue
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError) as error:
            return Case("imports", "failed", f"{name}: {error}")
        for node in ast.walk(tree):
            for module in _modules(node):
                if module not in STANDARD and module.partition(".")[0] not in {"crashlight_sdk", "crashlight_plugins"}:
                    return Case("imports", "failed", f"{name} imports {module}, which a plugin cannot have")
    return Case("imports", "ok")


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level and node.module:
        return [node.module]
    return []


def _window(lines: list[str], *, complete: bool = True) -> Window:
    return Window(tuple(lines), (), complete)


def _request(source: Source, window: Window) -> bytes:
    return msgspec.json.encode({"op": "parse", "plugin": source.id, "window": window})
