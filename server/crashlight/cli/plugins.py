"""``crashlight plugins``: list, make, add, test, allow and watch analyzer plugins."""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from crashlight.adapters.plugins.approvals import Approval, Approvals
from crashlight.adapters.plugins.discovery import add, installed
from crashlight.adapters.plugins.manifest import PluginError, Source
from crashlight.adapters.plugins.roster import permissions
from crashlight.ports import PluginInfo

SUMMARY = "list, test, allow and make analyzer plugins"
EXAMPLE = "crashlight plugins test ./my-plugin"


def arguments(parser: argparse.ArgumentParser) -> None:
    """One action each."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    formatted = argparse.ArgumentParser(add_help=False)
    formatted.add_argument("--format", choices=("text", "json"), default="text")
    actions.add_parser("list", parents=[formatted], help="all plugins, and whether they run")
    new = actions.add_parser("new", help="make a plugin that works, with a test")
    new.add_argument("name", help="its id: small letters, digits and '-'")
    new.add_argument("--in", dest="parent", type=Path, default=Path(), help="the folder to make it in")
    added = actions.add_parser("add", help="unpack a plugin from a folder or wheel; it stays off")
    added.add_argument("path", type=Path)
    test = actions.add_parser("test", parents=[formatted], help="run a plugin through what every plugin must stand")
    test.add_argument("path", type=Path, help="the plugin's folder")
    allow = actions.add_parser("allow", help="let a plugin run, as it is now")
    allow.add_argument("name")
    allow.add_argument("--yes", action="store_true", help="do not ask")
    for name, text in (("deny", "take the permission back"), ("reset", "try a plugin in quarantine again")):
        actions.add_parser(name, help=text).add_argument("name")
    audit = actions.add_parser("audit", parents=[formatted], help="what plugins did that they may not")
    audit.add_argument("--plugin", help="of this plugin alone")


def run(options: argparse.Namespace) -> int:
    """0 when it was done, 1 when a test failed or the answer was no, 2 when it could not be done."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": _list,
        "new": _new,
        "add": _add,
        "test": _test,
        "allow": _allow,
        "deny": _deny,
        "reset": _reset,
        "audit": _audit,
    }
    try:
        return actions[options.action](options)
    except PluginError as error:
        print(f"crashlight plugins: {error}", file=sys.stderr)
        return 2


def _list(options: argparse.Namespace) -> int:
    from crashlight.adapters.plugins import WorkerHost
    from crashlight.settings import load

    known = WorkerHost(load(None).settings.plugins).plugins()
    offered = [_offered(found) for found in _third_party().values() if found.id not in {info.id for info in known}]
    if options.format == "json":
        print(json.dumps([_as_json(info) for info in [*known, *offered]]))
        return 0
    for info in [*known, *offered]:
        kind = "built-in" if info.builtin else "third-party"
        print(f"{info.id:14s} {info.version:9s} {kind:12s} {info.state:12s} {info.level:8s} {info.detail}".rstrip())
    return 0


def _new(options: argparse.Namespace) -> int:
    from crashlight.adapters.plugins.scaffold import new

    folder = new(options.name, options.parent)
    print(f"{folder} is a plugin that works. Try it: crashlight plugins test {folder}")
    return 0


def _add(options: argparse.Namespace) -> int:
    source = add(options.path)
    print(f"'{source.id}' {source.manifest.plugin.version} was unpacked to {source.folder}. It is off until you say:")
    print(f"  crashlight plugins allow {source.id}")
    return 0


def _test(options: argparse.Namespace) -> int:
    from crashlight.adapters.plugins.conformance import test

    outcome = test(options.path)
    if options.format == "json":
        print(json.dumps(outcome.as_dict()))
    else:
        print(f"{outcome.plugin}, in the sandbox at level {outcome.level}")
        for case in outcome.cases:
            print(f"  {case.status:7s} {case.name}" + (f": {case.text}" if case.text else ""))
    return 0 if outcome.passed else 1


def _allow(options: argparse.Namespace) -> int:
    source = _find(options.name)
    code = source.digest()
    identity = source.manifest.plugin
    print(f"'{source.id}' {identity.version}, from {source.folder}")
    print(f"  {identity.description or 'says nothing about itself'}")
    print(f"  code: digest {code[:16]}{', with C extensions' if source.is_native else ''}")
    print(f"  reads: log text around its {len(source.literals)} triggers, and what was found in it")
    excerpt = source.manifest.permissions.source == "excerpt"
    print(f"  source: {'up to 200 lines around the line that a crash points to' if excerpt else 'none'}")
    print("  files, network, programs: none; it runs in a sandbox of its own")
    if not options.yes and not _confirmed():
        print("It stays off.")
        return 1
    Approvals().allow(source.id, Approval(code, str(source.folder), time.time(), permissions(source)))
    print("It runs from the next start of the server on, until its code changes.")
    return 0


def _deny(options: argparse.Namespace) -> int:
    done = Approvals().deny(options.name)
    print(f"'{options.name}' is off." if done else f"'{options.name}' was not allowed.")
    return 0


def _reset(options: argparse.Namespace) -> int:
    count = Approvals().reset(options.name)
    print(f"'{options.name}' is tried again." if count else f"'{options.name}' is in no quarantine.")
    return 0


def _audit(options: argparse.Namespace) -> int:
    from crashlight.adapters.plugins.events import audit_path, read_audit

    events = [event for event in read_audit() if options.plugin in {None, event.plugin}]
    if options.format == "json":
        for event in events:
            print(json.dumps(asdict(event)))
        return 0
    if not events:
        print(f"Nothing was denied, refused or killed ({audit_path()}).")
    for event in events:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(event.time))
        print(
            f"{when}  {event.plugin:14s} {event.phase:8s} {event.call:16s} {event.verdict:8s} {event.detail}".rstrip()
        )
    return 0


def _third_party() -> dict[str, Source]:
    """Plugins that are here, by id; the one that was added last where there are several."""
    found: dict[str, Source] = {}
    for source in installed():
        if isinstance(source, PluginError):
            print(f"crashlight plugins: {source}", file=sys.stderr)
        elif source.id not in found or _changed(source) >= _changed(found[source.id]):
            found[source.id] = source
    return found


def _find(name: str) -> Source:
    source = _third_party().get(name)
    if source is None:
        raise PluginError(f"there is no third-party plugin '{name}'; 'crashlight plugins add PATH' adds one")
    return source


def _changed(source: Source) -> float:
    return (source.folder / "plugin.toml").stat().st_mtime


def _offered(source: Source) -> PluginInfo:
    reason = f"'crashlight plugins allow {source.id}' shows what it asks for"
    manifest = source.manifest.plugin
    return PluginInfo(
        source.id,
        manifest.version,
        False,
        "off",
        "none",
        reason,
        manifest.priority,
        source.literals,
        permissions(source),
    )


def _as_json(info: PluginInfo) -> dict[str, object]:
    return {**asdict(info), "literals": [literal.decode() for literal in info.literals]}


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        print("Say --yes to allow it without a question.")
        return False
    return input("Allow it? [y/N] ").strip().lower() in {"y", "yes"}
