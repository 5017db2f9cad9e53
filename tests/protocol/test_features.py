"""Every feature of a log and of the source it points to, as each editor asks for it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from editor import Editor
from lsprotocol import types
from programs import crash

PROGRAM = """\
import json


def read(text):
    return json.loads(text)


def load(text):
    try:
        return read(text)
    except ValueError as error:
        raise RuntimeError("bad settings ünïcode 🦀") from error


load("{]")
"""

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.filterwarnings("error::pytest_lsp.LspSpecificationWarning"),
]


@pytest_asyncio.fixture(
    scope="module", loop_scope="module", params=["neovim", "vscode", "emacs", "old-neovim", "old-vscode"]
)
async def session(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Editor, Path]]:
    """An editor with a log of one chained crash, twice, open."""
    workspace = tmp_path_factory.mktemp("features")
    (workspace / "settings.py").write_text(PROGRAM)
    trace = crash("settings.py", workspace)
    (workspace / "app.log").write_text(f"ünïcode 🦀 first\n{trace}between\n{trace}last\n")
    home = tmp_path_factory.mktemp("features-home")
    editor = await Editor.start(
        request.param, workspace, {"CRASHLIGHT_HOME": str(home)}, model={"enabled": False}, logs={"watch": False}
    )
    uri = editor.open(workspace / "app.log", "log")
    await editor.diagnostics(uri, lambda found: len(found) == 2)
    yield editor, workspace
    await editor.stop()


def text_at(editor: Editor, uri: str, where: types.Range) -> str:
    """What a range covers, by the editor's own count of columns."""
    document = editor.documents.get(uri)
    assert document is not None
    line = document.line(where.start.line)
    start = editor.documents.units.to_column(line, where.start.character)
    end = editor.documents.units.to_column(line, where.end.character)
    return line[start:end]


def log_of(session: tuple[Editor, Path]) -> tuple[Editor, str]:
    editor, workspace = session
    return editor, (workspace / "app.log").as_uri()


async def test_the_root_cause_is_told_and_its_line_marked(session: tuple[Editor, Path]) -> None:
    editor, uri = log_of(session)
    for diagnostic in editor.client.diagnostics[uri]:
        assert diagnostic.message.startswith("json.decoder.JSONDecodeError: Expecting")
        assert 'settings.py", line 5' in text_at(editor, uri, diagnostic.range)
        assert diagnostic.source == "crashlight"
        related = [each.message for each in diagnostic.related_information or []]
        if editor.client.capabilities.text_document.publish_diagnostics.related_information:
            assert related[0] == "the line it points to"
            assert related[1].startswith("json.decoder.JSONDecodeError")
            assert related[2] == "RuntimeError: bad settings ünïcode 🦀"


async def test_outline(session: tuple[Editor, Path]) -> None:
    editor, uri = log_of(session)
    params = types.DocumentSymbolParams(types.TextDocumentIdentifier(uri))
    symbols = list(await editor.client.text_document_document_symbol_async(params) or [])
    assert len(symbols) == 2
    if isinstance(symbols[0], types.DocumentSymbol):
        causes = symbols[0].children or []
        assert [cause.name.split(":")[0] for cause in causes] == ["RuntimeError", "json.decoder.JSONDecodeError"]
        for symbol in [symbols[0], *causes, *(frame for cause in causes for frame in cause.children or [])]:
            assert symbol.range.start <= symbol.selection_range.start
            assert symbol.selection_range.end <= symbol.range.end


async def test_folds_cover_each_report(session: tuple[Editor, Path]) -> None:
    editor, uri = log_of(session)
    params = types.FoldingRangeParams(types.TextDocumentIdentifier(uri))
    folds = list(await editor.client.text_document_folding_range_async(params) or [])
    starts = sorted(each.range.start.line for each in editor.client.diagnostics[uri])
    assert all(any(fold.start_line <= line <= fold.end_line for fold in folds) for line in starts)


async def test_references_lead_from_source_to_every_crash(session: tuple[Editor, Path]) -> None:
    editor, uri = log_of(session)
    source = (session[1] / "settings.py").as_uri()
    for asked, line in ((source, 4), (uri, editor.client.diagnostics[uri][0].range.start.line)):
        params = types.ReferenceParams(
            types.ReferenceContext(include_declaration=True),
            types.TextDocumentIdentifier(asked),
            types.Position(line, 4),
        )
        found = list(await editor.client.text_document_references_async(params) or [])
        assert len(found) == 2
        assert all('settings.py", line 5' in text_at(editor, uri, each.range) for each in found)


async def test_crashes_are_found_by_name(session: tuple[Editor, Path]) -> None:
    editor, _ = log_of(session)
    for query, count in (("jsondecode", 2), ("jsondecode expecting", 2), ("nonsense", 0)):
        found = await editor.client.workspace_symbol_async(types.WorkspaceSymbolParams(query))
        assert len(found or []) == count


async def test_links_tokens_and_hints(session: tuple[Editor, Path]) -> None:
    editor, uri = log_of(session)
    identifier = types.TextDocumentIdentifier(uri)
    links = await editor.client.text_document_document_link_async(types.DocumentLinkParams(identifier))
    assert all(f"settings.py#L{n}" in str([link.target for link in links or []]) for n in (5, 10, 15))
    everything = types.Range(types.Position(0, 0), types.Position(1000, 0))
    hints = await editor.client.text_document_inlay_hint_async(types.InlayHintParams(identifier, everything))
    assert hints is not None
    tokens = await editor.client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(identifier))
    within = await editor.client.text_document_semantic_tokens_range_async(
        types.SemanticTokensRangeParams(identifier, everything)
    )
    assert tokens is not None
    assert within is not None
    assert tokens.data
    assert list(tokens.data) == list(within.data)
    assert len(tokens.data) % 5 == 0


async def test_lenses_count_and_take_opinions(session: tuple[Editor, Path]) -> None:
    editor, uri = log_of(session)

    async def lenses() -> list[types.CodeLens]:
        params = types.CodeLensParams(types.TextDocumentIdentifier(uri))
        return list(await editor.client.text_document_code_lens_async(params) or [])

    async def seen_twice() -> bool:
        return any("seen 2×" in (lens.command.title if lens.command else "") for lens in await lenses())

    assert await editor.until(seen_twice)
    opened = next(lens.command for lens in await lenses() if lens.command and lens.command.command == "crashlight.open")
    assert opened.arguments[0]["line"] == 4
    thumb = next(lens.command for lens in await lenses() if lens.command and lens.command.title.startswith("👍"))
    await editor.client.workspace_execute_command_async(types.ExecuteCommandParams(thumb.command, thumb.arguments))

    async def counted() -> bool:
        return any(lens.command is not None and lens.command.title == "👍 1" for lens in await lenses())

    assert await editor.until(counted)


async def test_functions_count_their_crashes_and_show_who_called(session: tuple[Editor, Path]) -> None:
    editor, _ = log_of(session)
    source = (session[1] / "settings.py").as_uri()
    identifier = types.TextDocumentIdentifier(source)
    lenses = await editor.client.text_document_code_lens_async(types.CodeLensParams(identifier))
    assert [(lens.range.start.line, lens.command.title) for lens in lenses or [] if lens.command] == [(3, "2 crashes")]
    prepared = types.CallHierarchyPrepareParams(identifier, types.Position(4, 4))
    (item,) = await editor.client.text_document_prepare_call_hierarchy_async(prepared) or []
    assert item.name == "read"
    (call,) = (
        await editor.client.call_hierarchy_incoming_calls_async(types.CallHierarchyIncomingCallsParams(item)) or []
    )
    assert (call.from_.name, call.from_ranges[0].start.line) == ("load", 9)
    out = types.CallHierarchyOutgoingCallsParams(call.from_)
    (called,) = await editor.client.call_hierarchy_outgoing_calls_async(out) or []
    assert called.to.name == "read"


async def test_a_pasted_line_leads_to_its_source(session: tuple[Editor, Path]) -> None:
    editor, _ = log_of(session)
    assert (await command(editor, "crashlight.locate", line='File "settings.py", line 5, in read'))["uri"] == (
        session[1] / "settings.py"
    ).as_uri()
    assert await command(editor, "crashlight.locate", line="nothing to see here") is None


async def test_the_tree_of_crashes(session: tuple[Editor, Path]) -> None:
    editor, uri = log_of(session)
    (group,) = await command(editor, "crashlight.crashes")
    assert group["headline"].startswith("json.decoder.JSONDecodeError")
    assert [each["uri"] for each in group["occurrences"]] == [uri, uri]


@pytest.mark.parametrize(
    ("name", "argument", "words"),
    [
        ("crashlight.feedback", {"kind": "rage", "fingerprint": "x"}, "feedback is one of"),
        ("crashlight.feedback", {"kind": "thumbs_up", "fingerprint": "x"}, "not in any log"),
        ("crashlight.explain", {}, "not in any log"),
        ("crashlight.resolve", ["no object"], "one object"),
    ],
)
async def test_a_wrong_command_says_what_is_wrong(
    session: tuple[Editor, Path], name: str, argument: Any, words: str
) -> None:
    editor, _ = log_of(session)
    with pytest.raises(Exception, match=words):
        await editor.client.workspace_execute_command_async(types.ExecuteCommandParams(name, [argument]))


async def test_ignored_crashes_are_not_reported(session: tuple[Editor, Path]) -> None:
    """The last of this file: it takes the crash away."""
    editor, uri = log_of(session)
    (group,) = await command(editor, "crashlight.crashes")
    await command(editor, "crashlight.ignore", fingerprint=group["fingerprint"])
    await editor.diagnostics(uri, lambda found: not found)
    await asyncio.sleep(0)


async def command(editor: Editor, name: str, **argument: Any) -> Any:
    """The answer of one command."""
    return await editor.client.workspace_execute_command_async(types.ExecuteCommandParams(name, [argument]))
