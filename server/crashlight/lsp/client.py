"""What this client can do, read once from its capabilities."""

from dataclasses import dataclass
from typing import Any

from lsprotocol import types
from pygls.capabilities import get_capability


@dataclass(frozen=True, slots=True)
class Client:
    """The traits of a client that change what we send."""

    name: str
    editor: str
    resolves_edits: bool
    versioned_edits: bool
    change_annotations: bool
    related_information: bool
    hierarchical_symbols: bool
    markdown: bool
    progress: bool
    refresh_lenses: bool
    refresh_hints: bool
    watches_files: bool
    pulls_configuration: bool
    link_tooltips: bool
    lone_cr_ends_a_line: bool

    @staticmethod
    def of(params: types.InitializeParams) -> "Client":
        """Read the capabilities; what is not said is not there."""
        capabilities = params.capabilities
        options: dict[str, Any] = (
            params.initialization_options if isinstance(params.initialization_options, dict) else {}
        )

        def has(path: str) -> bool:
            return bool(get_capability(capabilities, path, False))

        resolved = get_capability(capabilities, "text_document.code_action.resolve_support", None)
        hover = get_capability(capabilities, "text_document.hover.content_format", None) or []
        name = params.client_info.name if params.client_info else "unknown"
        return Client(
            name=name,
            editor=str(options.get("editor") or name).lower(),
            resolves_edits=resolved is not None and "edit" in resolved.properties,
            versioned_edits=has("workspace.workspace_edit.document_changes"),
            change_annotations=get_capability(capabilities, "workspace.workspace_edit.change_annotation_support", None)
            is not None,
            related_information=has("text_document.publish_diagnostics.related_information"),
            hierarchical_symbols=has("text_document.document_symbol.hierarchical_document_symbol_support"),
            markdown=types.MarkupKind.Markdown in hover,
            progress=has("window.work_done_progress"),
            refresh_lenses=has("workspace.code_lens.refresh_support"),
            refresh_hints=has("workspace.inlay_hint.refresh_support"),
            watches_files=has("workspace.did_change_watched_files.dynamic_registration"),
            pulls_configuration=has("workspace.configuration"),
            link_tooltips=has("text_document.document_link.tooltip_support"),
            lone_cr_ends_a_line=options.get("lineEnds") != "crlf",
        )
