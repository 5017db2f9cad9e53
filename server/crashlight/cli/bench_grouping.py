"""``crashlight bench grouping``: whether the same crash gets the same fingerprint, and other crashes others."""

import argparse
import asyncio
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crashlight.adapters.files import MemoryFile
from crashlight.app import App
from crashlight.cli.main import UsageError
from crashlight.domain import Fingerprint, Occurrence
from crashlight.settings import Settings
from crashlight_sdk import Crash

SUMMARY = "Fingerprints of labelled traces as other runs, machines and releases would print them."
EXAMPLE = "crashlight bench grouping --corpus ../shared/corpora --misses 10"

Change = Callable[[str, random.Random], str]

_FRAME_LINE = re.compile(
    r"(?<=[\w)>]\.)((?:py|js|ts|mjs|cjs|java|kt|go|rs|rb|php|cs|c|cc|cpp|h|dart|ex|exs|scala)(?::|\())(\d+)"
)
_WORD_LINE = re.compile(r"(\bline |:line | on line )(\d+)")


@dataclass(frozen=True, slots=True)
class Sample:
    """One trace as one run printed it. ``label`` is the same for all runs of one crash."""

    label: str
    change: str
    fingerprint: Fingerprint


def arguments(parser: argparse.ArgumentParser) -> None:
    """What may be said behind ``bench grouping``."""
    parser.add_argument("--corpus", type=Path, default=Path("../shared/corpora"), metavar="DIR", help="labelled traces")
    parser.add_argument("--misses", type=int, default=0, metavar="N", help="show N traces that were split and merged")


def run(options: argparse.Namespace) -> int:
    """Print precision and recall of pairs, B-cubed, and what was split or merged wrongly."""
    texts = dict(_texts(options.corpus))
    if not texts:
        raise UsageError(f"there are no traces in {options.corpus}: name a folder by --corpus")
    samples = asyncio.run(_samples(texts))
    labels = {sample.label for sample in samples}
    print(f"{len(labels)} crashes, {len(samples)} traces, {len({one.fingerprint.key for one in samples})} fingerprints")
    precision, recall = pairs(samples)
    print(f"pairs: precision {precision:.4f}, recall {recall:.4f}; B-cubed F1 {b_cubed(samples):.4f}")
    for change, share in kept(samples).items():
        print(f"  the same after {change:12s} {100 * share:6.1f} %")
    for line in _misses(samples, options.misses):
        print(line)
    return 0


def pairs(samples: list[Sample]) -> tuple[float, float]:
    """Of the pairs with one fingerprint those that are one crash, and of those that are one crash those with one."""
    both = _pairs(Counter((one.label, one.fingerprint.key) for one in samples))
    by_key = _pairs(Counter(one.fingerprint.key for one in samples))
    by_label = _pairs(Counter(one.label for one in samples))
    return both / max(1, by_key), both / max(1, by_label)


def b_cubed(samples: list[Sample]) -> float:
    """The harmonic mean of B-cubed precision and recall (Bagga and Baldwin, 1998)."""
    both = Counter((one.label, one.fingerprint.key) for one in samples)
    keys, labels = Counter(one.fingerprint.key for one in samples), Counter(one.label for one in samples)
    precision = sum(n * n / keys[key] for (_, key), n in both.items()) / len(samples)
    recall = sum(n * n / labels[label] for (label, _), n in both.items()) / len(samples)
    return 2 * precision * recall / (precision + recall)


def kept(samples: list[Sample]) -> dict[str, float]:
    """For each kind of change the share of crashes whose fingerprint it leaves alone."""
    plain = {one.label: one.fingerprint.key for one in samples if one.change == "nothing"}
    same: dict[str, list[bool]] = defaultdict(list)
    for one in samples:
        same[one.change].append(plain[one.label] == one.fingerprint.key)
    return {change: sum(hits) / len(hits) for change, hits in same.items() if change != "nothing"}


def _pairs(counts: Counter[object] | Counter[str] | Counter[tuple[str, str]]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def _texts(corpus: Path) -> Iterator[tuple[str, str]]:
    for index in sorted(corpus.glob("*/index.jsonl")):
        for row in index.read_text(encoding="utf-8").splitlines():
            entry = json.loads(row)
            path = index.parent / entry["path"]
            try:
                text = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                continue
            if len(text) < 40_000:
                yield entry["id"], text


async def _samples(texts: dict[str, str]) -> list[Sample]:
    """One trace with one crash each; where two files hold the same trace, word for word, the first counts."""
    app = App(Settings())
    samples: list[Sample] = []
    seen: set[str] = set()

    async def read(text: str) -> list[Occurrence]:
        return [one async for one in app.reader.read(MemoryFile(text.encode()), "a.log")]

    try:
        for label, text in texts.items():
            plain = await read(text)
            if len(plain) != 1 or _words(plain[0].crash) in seen:
                continue
            seen.add(_words(plain[0].crash))
            samples.append(Sample(label, "nothing", plain[0].fingerprint))
            for name, change in CHANGES.items():
                changed = change(text, random.Random(label))  # noqa: S311 - the same for every run, no secret
                found = await read(changed)
                samples.extend(Sample(label, name, one.fingerprint) for one in found[:1])
    finally:
        await app.close()
    return samples


def _words(crash: Crash) -> str:
    """All that a trace says, as one text."""
    causes = [(cause.crash_type, cause.message) for cause in crash.causes]
    return repr(
        (causes, [(frame.file, frame.line, frame.function) for cause in crash.causes for frame in cause.frames])
    )


def _misses(samples: list[Sample], limit: int) -> Iterator[str]:
    by_label: dict[str, list[Sample]] = defaultdict(list)
    by_key: dict[str, set[str]] = defaultdict(set)
    for one in samples:
        by_label[one.label].append(one)
        by_key[one.fingerprint.key].add(one.label)
    split = [group for group in by_label.values() if len({one.fingerprint.key for one in group}) > 1]
    for group in split[:limit]:
        other = next(one for one in group if one.fingerprint.key != group[0].fingerprint.key)
        yield f"split {group[0].label} by {other.change}:\n  {group[0].fingerprint}\n  {other.fingerprint}"
    for key, labels in [(key, labels) for key, labels in by_key.items() if len(labels) > 1][:limit]:
        yield f"merged {key}: {', '.join(sorted(labels))}"


def _addresses(text: str, chance: random.Random) -> str:
    return re.sub(
        r"0x[0-9a-f]{6,16}\b",
        lambda match: f"0x{chance.randrange(16 ** (len(match[0]) - 2)):0{len(match[0]) - 2}x}",
        text,
    )


def _shifted(text: str, chance: random.Random) -> str:
    by = chance.randrange(1, 40)
    text = _FRAME_LINE.sub(lambda match: f"{match[1]}{int(match[2]) + by}", text)
    return _WORD_LINE.sub(lambda match: f"{match[1]}{int(match[2]) + by}", text)


def _moved(text: str, chance: random.Random) -> str:
    """Another home, another container."""
    there = f"/srv/release-{chance.randrange(100)}/"
    return re.sub(r"/(?:home/\w+|Users/\w+|srv/build|root|app|tmp/\w+)/", there, text)


def _renumbered(text: str, chance: random.Random) -> str:
    """Ids and ports in messages: numbers of four digits and more that are no line of a frame."""
    return re.sub(
        r"(?<![\w.:/(-])\d{4,}(?![\w.)-])",
        lambda match: str(chance.randrange(10 ** (len(match[0]) - 1), 10 ** len(match[0]))),
        text,
    )


def _threads(text: str, chance: random.Random) -> str:
    return re.sub(
        r"(\bgoroutine |\bThread-|\bpool-\d+-thread-|==|\btid[ =]|\bpid[ =:])(\d+)",
        lambda match: f"{match[1]}{chance.randrange(1, 10 ** max(2, len(match[2])))}",
        text,
    )


def _prefixed(text: str, chance: random.Random) -> str:
    start = chance.randrange(60)
    return "".join(
        f"2026-05-01T12:{start:02d}:{index % 60:02d}.{chance.randrange(1000):03d}Z app[{start}]: {line}\n"
        for index, line in enumerate(text.splitlines())
    )


def _hosts(text: str, chance: random.Random) -> str:
    return re.sub(
        r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b",
        lambda _: f"10.0.{chance.randrange(256)}.{chance.randrange(256)}",
        text,
    )


CHANGES: dict[str, Change] = {
    "addresses": _addresses,
    "lines": _shifted,
    "folders": _moved,
    "numbers": _renumbered,
    "threads": _threads,
    "prefix": _prefixed,
    "hosts": _hosts,
}
