"""Call hierarchy of what was observed: who called a function, and whom it called, in the crashes that are known."""

from itertools import pairwise
from pathlib import Path
from typing import Any

from lsprotocol import types

from crashlight.domain import SourcePlace
from crashlight.lsp import diagnostics
from crashlight.lsp.findings import Finding
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path, to_path

Step = tuple[SourcePlace, str]  # a place and the function it is in


async def prepare(session: Session, params: types.CallHierarchyPrepareParams) -> list[types.CallHierarchyItem] | None:
    """The function of the frame at the position, in a log or in source."""
    line = params.position.line + 1
    path = to_path(params.text_document.uri)
    for finding in session.findings.all():
        for (place, function), printed in _steps(finding):
            on_frame = finding.uri == params.text_document.uri and printed == line
            if on_frame or (path is not None and Path(place.path) == path and place.line == line):
                return [_item(session, place, function)]
    return None


async def incoming(
    session: Session, params: types.CallHierarchyIncomingCallsParams
) -> list[types.CallHierarchyIncomingCall]:
    """The observed callers."""
    return [
        types.CallHierarchyIncomingCall(_item(session, *caller), [diagnostics.source_range(session, caller[0])])
        for caller, callee in _observed(session)
        if _is(callee, params.item)
    ]


async def outgoing(
    session: Session, params: types.CallHierarchyOutgoingCallsParams
) -> list[types.CallHierarchyOutgoingCall]:
    """The observed callees, each with the line that calls it."""
    return [
        types.CallHierarchyOutgoingCall(_item(session, *callee), [diagnostics.source_range(session, caller[0])])
        for caller, callee in _observed(session)
        if _is(caller, params.item)
    ]


def _observed(session: Session) -> list[tuple[Step, Step]]:
    """(caller, callee) of neighbouring frames, each pair once."""
    pairs: dict[tuple[Any, ...], tuple[Step, Step]] = {}
    for finding in session.findings.all():
        steps = _steps(finding)
        for (callee, _), (caller, _) in pairwise(steps):
            pairs.setdefault((caller[0].path, caller[0].line, callee[0].path, callee[1]), (caller, callee))
    return list(pairs.values())


def _steps(finding: Finding) -> list[tuple[Step, int | None]]:
    """The frames of the workspace in the root cause, innermost first, each with its line in the log."""
    occurrence = finding.occurrence
    cause = len(occurrence.crash.causes) - 1
    steps: list[tuple[Step, int | None]] = []
    for number, frame in enumerate(occurrence.crash.root.frames):
        if (place := occurrence.places.get((cause, number))) is not None:
            printed = occurrence.locate(frame.printed).line if frame.printed else None
            steps.append(((place, frame.function or "(top level)"), printed))
    return steps


def _item(session: Session, place: SourcePlace, function: str) -> types.CallHierarchyItem:
    where = diagnostics.source_range(session, place)
    return types.CallHierarchyItem(
        function,
        types.SymbolKind.Function,
        from_path(place.path),
        where,
        where,
        detail=f"{place.relative}:{place.line}",
        data={"function": function, "path": place.path},
    )


def _is(step: Step, item: types.CallHierarchyItem) -> bool:
    data = item.data if isinstance(item.data, dict) else {}
    return step[1] == data.get("function") and step[0].path == data.get("path")
