"""Intents to edits. Each kind of intent has one function; all of them see the language only by its syntax."""

import hashlib
from collections.abc import Callable, Sequence

from crashlight.domain import Edit, Fix, SourcePlace
from crashlight.ports import Files
from crashlight.sources.checking import check
from crashlight.sources.realise import bounds, calls, guards, imports, leaving, manifests, names, resources
from crashlight.sources.realise.target import Target
from crashlight.sources.source import Source
from crashlight.sources.workspace import Workspace
from crashlight_sdk import Intent

Realiser = Callable[[Target, dict[str, str]], list[Edit] | None]

_REALISERS: dict[str, Realiser] = {
    "rename_to": names.rename_to,
    "replace_text": names.replace_text,
    "replace_line": names.replace_line,
    "insert_before": names.insert_before,
    "convert": names.convert,
    "initialize": names.initialize,
    "add_import": imports.add_import,
    "guard_none": guards.guard_none,
    "guard_key": guards.guard_key,
    "guard_index": bounds.guard_index,
    "guard_zero": guards.guard_zero,
    "leave_when": leaving.leave_when,
    "add_argument": calls.add_argument,
    "remove_argument": calls.remove_argument,
    "await_call": calls.await_call,
    "close_resource": resources.close_resource,
}


def realise(
    intents: Sequence[Intent], source: Source, place: SourcePlace, *, rule: str, workspace: Workspace, files: Files
) -> tuple[Fix, ...]:
    """Checked fixes for the intents, in their order, each edit once."""
    fixes: list[Fix] = []
    seen: set[tuple[Edit, ...]] = set()
    for intent in intents:
        edits, verified = _realise_one(intent, source, place, workspace, files)
        if not edits or edits in seen:
            continue
        seen.add(edits)
        digest = hashlib.blake2s(repr((rule, intent.kind, edits)).encode(), digest_size=8).hexdigest()
        fixes.append(
            Fix(digest, intent.title, "rules", edits, verified, rule=rule, preferred=not fixes and intent is intents[0])
        )
    return tuple(fixes)


def _realise_one(
    intent: Intent, source: Source, place: SourcePlace, workspace: Workspace, files: Files
) -> tuple[tuple[Edit, ...], tuple[str, ...]]:
    if intent.kind == "add_dependency":
        edit = manifests.add_dependency(intent.args, source, workspace, files)
        return ((edit,), ("applies", "parses")) if edit else ((), ())
    line = intent.line if intent.line is not None else place.line
    realiser = _REALISERS.get(intent.kind)
    if realiser is None or source.root is None or not 1 <= line <= len(source.lines):
        return (), ()
    try:
        edits = realiser(Target(source, line), intent.args)
    except KeyError:
        # An argument is absent: the host checked the intent's shape, but a fix is only ever optional.
        return (), ()
    if not edits:
        return (), ()
    checked = check(edits, source, place.line, may_touch_imports=True)
    return (tuple(edits), checked.verified) if checked.ok else ((), ())
