"""The command line. Each command is a module of its own, imported only when it is the one asked for.

A command module has ``SUMMARY`` (one line), ``EXAMPLE`` (a command that a user can copy),
``arguments(parser)`` and ``run(options) -> int``, the exit code.
"""

import argparse
import importlib
import importlib.util
import os
import sys

from crashlight import __version__

COMMANDS = {
    "scan": "find the crashes in logs",
    "explain": "say why a crash happened, with the model",
    "serve": "run the language server",
    "doctor": "check every part and say what to do",
    "models": "set up, fetch and list language models",
    "plugins": "list, test, allow and make analyzer plugins",
    "db": "look after the database",
    "prompts": "look at prompt versions, try and promote them",
    "feedback": "report and export what was learnt",
    "dashboard": "show what was learnt in a browser",
    "bench": "measure speed and accuracy",
    "purge": "remove what Crashlight keeps on this machine",
}


class UsageError(Exception):
    """The arguments are wrong; the message says what to do."""


def main(argv: list[str] | None = None) -> int:
    """Run one command. Exit codes: the command's own, 2 for wrong arguments, 130 when interrupted."""
    words = sys.argv[1:] if argv is None else argv
    if not words or words[0] in {"-h", "--help"}:
        _print_overview()
        return 0 if words else 2
    if words[0] in {"-V", "--version"}:
        print(f"crashlight {__version__}")
        return 0
    module_name = f"crashlight.cli.{words[0]}"
    if words[0] not in COMMANDS or not _exists(module_name):
        print(f"crashlight: there is no command '{words[0]}'; 'crashlight --help' lists them", file=sys.stderr)
        return 2
    command = importlib.import_module(module_name)
    parser = argparse.ArgumentParser(
        prog=f"crashlight {words[0]}",
        description=command.SUMMARY,
        epilog=f"example: {command.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(parser)
    options = parser.parse_args(words[1:])
    try:
        return int(command.run(options))
    except UsageError as error:
        print(f"crashlight {words[0]}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output went away, as with `| head`; the rest has nobody to go to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _exists(module_name: str) -> bool:
    return importlib.util.find_spec(module_name) is not None


def _print_overview() -> None:
    print("usage: crashlight COMMAND [ARGUMENT ...]\n\ncommands:")
    for name, summary in COMMANDS.items():
        if _exists(f"crashlight.cli.{name}"):
            print(f"  {name:11s} {summary}")
    print("\n'crashlight COMMAND --help' says more.  example: crashlight scan build.log")


if __name__ == "__main__":
    sys.exit(main())
