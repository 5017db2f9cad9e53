"""``crashlight serve``: the language server."""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from crashlight.cli.main import UsageError

SUMMARY = "Run the language server on standard input and output, as an editor starts it."
EXAMPLE = "crashlight serve --log-level info"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--tcp", type=int, metavar="PORT", help="listen on this port of the loopback interface instead")
    parser.add_argument("--stdio", action="store_true", help="the default; accepted since some clients say it")
    parser.add_argument("--log-level", choices=["debug", "info", "warning", "error"], default="warning")


def run(options: argparse.Namespace) -> int:
    """Serve one client; its exit code is the one of the specification."""
    from crashlight.lsp import server
    from crashlight.lsp.transport import accept_one

    logging.basicConfig(
        stream=sys.stderr, level=options.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    if options.tcp is None:
        stdin, stdout = server.streams()
        return server.run(_parts, stdin, stdout)
    if not 0 <= options.tcp <= 65535:
        raise UsageError("a port is a number from 0 to 65535")
    stdin, stdout, connection = accept_one(options.tcp)
    with connection:
        return server.run(_parts, stdin, stdout)


def _parts(settings: Any, roots: Sequence[Path], documents: Any) -> Any:
    from crashlight.adapters.files import LocalFiles
    from crashlight.app import App
    from crashlight.lsp.overlay import OverlayFiles

    return App(settings, roots, OverlayFiles(LocalFiles(), documents))
