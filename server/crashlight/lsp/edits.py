"""Checked edits of whole lines to edits in the client's terms, and what the files hold once they are taken."""

import hashlib
from pathlib import Path
from typing import cast

from lsprotocol import types

from crashlight.domain import Edit, Fix
from crashlight.lsp.acceptance import Offer
from crashlight.lsp.findings import Finding
from crashlight.lsp.protocol import stale
from crashlight.lsp.session import Session
from crashlight.lsp.uris import from_path, to_path

ANNOTATION = "crashlight.model"
AnyEdit = types.TextEdit | types.AnnotatedTextEdit


def offer(session: Session, finding: Finding, fix: Fix) -> Offer:
    """The texts before and after a fix. Raises a refusal where a file is not there any more."""
    before: dict[str, tuple[str, ...]] = {}
    expected: dict[str, tuple[str, ...]] = {}
    for uri, edits in _by_uri(session, fix).items():
        lines = lines_of(session, uri)
        if lines is None:
            raise stale(f"{to_path(uri)} cannot be read any more")
        before[uri] = lines
        expected[uri] = _applied(session, lines, edits)
    return Offer(fix, finding.fingerprint, expected, before)


def workspace_edit(session: Session, finding: Finding, fix: Fix) -> types.WorkspaceEdit:
    """The edit with the versions of open documents; a model's asks for confirmation where the client knows how."""
    made = offer(session, finding, fix)
    session.acceptances.offer(made)
    confirm = fix.by == "model" and session.client.change_annotations and session.client.versioned_edits
    changes: dict[str, list[AnyEdit]] = {}
    for uri, edits in _by_uri(session, fix).items():
        changes[uri] = [_text_edit(session, made.before[uri], edit, confirm=confirm) for edit in edits]
    if not session.client.versioned_edits:
        # Nothing asks for confirmation here, so each is a plain edit.
        return types.WorkspaceEdit(changes=cast("dict[str, list[types.TextEdit]]", changes))
    documents = []
    for uri, text_edits in changes.items():
        document = session.document(uri)
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri, document.version if document else None)
        documents.append(types.TextDocumentEdit(identifier, list(text_edits)))
    annotations = None
    if confirm:
        annotations = {
            ANNOTATION: types.ChangeAnnotation(
                "Proposed by the model", needs_confirmation=True, description="Checked: " + ", ".join(fix.verified)
            )
        }
    return types.WorkspaceEdit(document_changes=documents, change_annotations=annotations)


def lines_of(session: Session, uri: str) -> tuple[str, ...] | None:
    """The lines of a file as the user sees them: the open document's, else the disk's."""
    document = session.document(uri)
    if document is not None:
        return document.lines
    path = to_path(uri)
    data = session.files.read_source(path) if path else None
    return session.documents.split(data.decode("utf-8", "replace")) if data is not None else None


def state_of(session: Session, fix: Fix) -> str:
    """A digest of the files that a fix changes; an action made for another state is stale."""
    digest = hashlib.blake2b(digest_size=8)
    for uri in _by_uri(session, fix):
        digest.update("".join(lines_of(session, uri) or ()).encode("utf-8", "replace"))
    return digest.hexdigest()


def _by_uri(session: Session, fix: Fix) -> dict[str, list[Edit]]:
    grouped: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        root = next((root for root in session.roots if (root / edit.file).is_file()), None)
        root = root or (session.roots[0] if session.roots else Path("/"))
        grouped.setdefault(from_path(root / edit.file), []).append(edit)
    return grouped


def _applied(session: Session, lines: tuple[str, ...], edits: list[Edit]) -> tuple[str, ...]:
    result = list(lines)
    for edit in sorted(edits, key=lambda edit: edit.start_line, reverse=True):
        result[edit.start_line - 1 : edit.end_line] = session.documents.split(edit.text)
    return session.documents.split("".join(result))


def _text_edit(session: Session, lines: tuple[str, ...], edit: Edit, *, confirm: bool) -> AnyEdit:
    """Whole lines to a range; at the end of a file without a final line break the range ends in its last line."""
    text = edit.text
    start = types.Position(edit.start_line - 1, 0)
    end = types.Position(edit.end_line, 0)
    last = lines[edit.end_line - 1] if 0 < edit.end_line <= len(lines) else ""
    if edit.end_line >= len(lines) and last and not last.endswith(("\n", "\r")):
        end_of_file = types.Position(len(lines) - 1, session.documents.units.to_client(last, len(last)))
        if edit.end_line < edit.start_line:
            # An insertion after a last line that has no end must make one first.
            start = end = end_of_file
            text = "\n" + text.rstrip("\n")
        else:
            end = end_of_file
            text = text.rstrip("\n")
    elif last.endswith("\r\n"):
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    if confirm:
        return types.AnnotatedTextEdit(ANNOTATION, types.Range(start, end), text)
    return types.TextEdit(types.Range(start, end), text)
