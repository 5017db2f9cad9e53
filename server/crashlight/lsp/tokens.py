"""textDocument/semanticTokens: the headline stands out, foreign frames are dimmed."""

from lsprotocol import types

from crashlight.domain import FileSpan
from crashlight.lsp import diagnostics
from crashlight.lsp.session import Session

TYPES = ["type", "function", "comment"]
LEGEND = types.SemanticTokensLegend(token_types=TYPES, token_modifiers=[])


async def full(session: Session, params: types.SemanticTokensParams) -> types.SemanticTokens:
    """All tokens of a log."""
    return types.SemanticTokens(_encode(_tokens(session, params.text_document.uri)))


async def within(session: Session, params: types.SemanticTokensRangeParams) -> types.SemanticTokens:
    """The tokens of some lines."""
    first, last = params.range.start.line, params.range.end.line
    tokens = [token for token in _tokens(session, params.text_document.uri) if first <= token[0] <= last]
    return types.SemanticTokens(_encode(tokens))


def _tokens(session: Session, uri: str) -> list[tuple[int, int, int, int]]:
    """(line, start, length, type) in the client's units, in order, without overlap."""
    found: dict[int, tuple[int, int, int, int]] = {}

    def add(span: FileSpan, kind: str) -> None:
        where = diagnostics.range_in(session, uri, span)
        length = where.end.character - where.start.character
        if length > 0:
            found.setdefault(where.start.line, (where.start.line, where.start.character, length, TYPES.index(kind)))

    for finding in session.findings.of_log(uri):
        for cause in finding.occurrence.crash.causes:
            if cause.printed is not None:
                add(finding.occurrence.locate(cause.printed), "type")
            for frame in cause.frames:
                if frame.printed is not None:
                    kind = "comment" if frame.origin in {"library", "runtime"} else "function"
                    add(finding.occurrence.locate(frame.printed), kind)
    return [found[line] for line in sorted(found)]


def _encode(tokens: list[tuple[int, int, int, int]]) -> list[int]:
    """The specification's relative encoding: five numbers a token."""
    data: list[int] = []
    line_before, start_before = 0, 0
    for line, start, length, kind in tokens:
        data += [line - line_before, start - start_before if line == line_before else start, length, kind, 0]
        line_before, start_before = line, start
    return data
