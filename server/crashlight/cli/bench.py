"""``crashlight bench``: measures speed and accuracy, each beside a named alternative in one run.

Each benchmark is a module ``crashlight.cli.bench_NAME`` with the shape of a command.
"""

import argparse
import importlib
import importlib.util

from crashlight.cli.main import UsageError

SUMMARY = "Measure speed and accuracy on this machine."
EXAMPLE = "crashlight bench scan --size 50"

BENCHMARKS = {
    "scan": "megabytes a second beside grep",
    "quality": "crashes found and explained rightly, on labelled logs",
    "grouping": "whether the same crash gets the same fingerprint",
    "latency": "from a crash to its explanation, phase by phase",
    "editor": "first diagnostics and hover, as an editor waits for them",
    "db": "writes and queries of the database",
    "sandbox": "what the sandbox costs",
}


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options; those behind the name belong to the benchmark."""
    listed = "\n".join(f"  {name:10s} {text}" for name, text in BENCHMARKS.items() if _exists(name))
    parser.description = f"{SUMMARY}\n\nbenchmarks:\n{listed}"
    parser.add_argument("name", metavar="BENCHMARK", help="one of the list above")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="OPTION", help="BENCHMARK --help lists them")


def run(options: argparse.Namespace) -> int:
    """Run one benchmark; its own exit code."""
    if options.name not in BENCHMARKS or not _exists(options.name):
        raise UsageError(f"there is no benchmark '{options.name}'; 'crashlight bench --help' lists them")
    benchmark = importlib.import_module(f"crashlight.cli.bench_{options.name}")
    parser = argparse.ArgumentParser(
        prog=f"crashlight bench {options.name}",
        description=benchmark.SUMMARY,
        epilog=f"example: {benchmark.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    benchmark.arguments(parser)
    return int(benchmark.run(parser.parse_args(options.rest)))


def _exists(name: str) -> bool:
    return importlib.util.find_spec(f"crashlight.cli.bench_{name}") is not None
