"""``crashlight bench quality``: how many crashes are found, placed, named and explained rightly, on labelled logs."""

import argparse
import json
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from crashlight import __version__
from crashlight.cli.main import UsageError
from crashlight.cli.quality import corpora, executable, injection, page, real
from crashlight.cli.quality.scanning import Scanning, Speakers
from crashlight.cli.quality.tally import Part
from crashlight.settings import Settings, load

SUMMARY = "Measure accuracy on labelled crashes, with 95 % intervals."
EXAMPLE = "crashlight bench quality --part real --cases ../shared/real --misses"

PARTS = ("corpora", "real", "executable", "injection")
INJECTED = 36
EXECUTABLE_CASES = Path("tests/quality/cases.jsonl")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; may be given again")
    parser.add_argument(
        "--corpus", type=Path, default=Path("../shared/corpora"), metavar="DIR", help="other projects' traces"
    )
    parser.add_argument("--cases", type=Path, default=Path("../shared/real"), metavar="DIR", help="hand-labelled cases")
    parser.add_argument(
        "--executable", type=Path, default=EXECUTABLE_CASES, metavar="FILE", help="cases that can be run"
    )
    parser.add_argument("--split", choices=("train", "test", "all"), default="test", help="of the executable cases")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N executable cases, spread over all kinds")
    parser.add_argument("--with-model", action="store_true", help="also ask the model, and say what it adds")
    parser.add_argument("--model-alone", action="store_true", help="also ask the model without any rule, which is slow")
    parser.add_argument("--misses", action="store_true", help="list what was missed")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--write-page", type=Path, metavar="FILE", help="write the page of the docs")


def run(options: argparse.Namespace) -> int:
    """Measure, print, and write the page; 2 when there is nothing to measure on."""
    settings = load(Path.cwd()).settings
    parts = list(_measured(options, settings))
    if not parts:
        raise UsageError(
            "there is nothing to measure on: name folders by --corpus and --cases, or a file by --executable"
        )
    if options.format == "json":
        for part in parts:
            print(json.dumps(part.as_object()))
    else:
        print(page.as_text(parts, misses=options.misses))
    if options.write_page is not None:
        options.write_page.write_text(page.as_page(parts, _facts(options, settings)), encoding="utf-8")
    return 0


def _measured(options: argparse.Namespace, settings: Settings) -> Iterator[Part]:
    wanted = options.part or PARTS
    with tempfile.TemporaryDirectory(prefix="crashlight-bench-") as scratch:
        # Nothing of the folder where the benchmark is started may help or hinder: the workspace is empty.
        with Scanning(settings, [Path(scratch)]) as scan:
            if "corpora" in wanted and _is_there(options.corpus):
                yield corpora.measure(scan, options.corpus)
            if "real" in wanted and _is_there(options.cases / "cases.jsonl"):
                yield real.measure(scan, options.cases)
        if "injection" in wanted and _is_there(options.executable):
            cases = executable.read(options.executable, options.split, min(options.limit or INJECTED, INJECTED))
            for speakers in _speakers(options):
                yield injection.measure(cases, settings, Path(scratch), speakers)
        if "executable" in wanted and _is_there(options.executable):
            cases = executable.read(options.executable, options.split, options.limit)
            for speakers in _speakers(options):
                yield executable.measure(cases, settings, Path(scratch), speakers)


def _speakers(options: argparse.Namespace) -> Iterator[Speakers]:
    yield "rules alone"
    if options.with_model:
        yield "rules and model"
    if options.model_alone:
        yield "model alone"


def _is_there(path: Path) -> bool:
    if path.exists():
        return True
    print(f"bench quality: {path} is not there, so that part is left out", file=sys.stderr)
    return False


def _facts(options: argparse.Namespace, settings: Settings) -> list[tuple[str, str]]:
    facts = [
        ("version", __version__),
        ("machine", f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"),
    ]
    facts.append(
        ("model", settings.model.name if options.with_model or options.model_alone else "not asked: rules alone")
    )
    facts.append(("executable cases", f"those of the {options.split} side, at most {options.limit or 'all'}"))
    return facts
