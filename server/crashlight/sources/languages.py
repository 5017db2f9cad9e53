"""What tree-sitter calls the parts of each language that we look for. Grammars load at their first use."""

import importlib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language


@dataclass(frozen=True, slots=True)
class Syntax:
    """One language: where its grammar is, and the node types that matter."""

    name: str
    module: str  # of the grammar's wheel
    functions: frozenset[str]  # nodes that are functions, methods and the like
    bodies: frozenset[str]  # nodes of types and modules whose members stand beside each other
    imports: frozenset[str]
    throws: frozenset[str] = frozenset()  # statements that end the function with an error
    asserts: frozenset[str] = frozenset()  # statements that are the program's own check
    entry: str = "language"  # the function of the wheel that gives the grammar


def words(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


PYTHON = Syntax(
    "python",
    "tree_sitter_python",
    words("function_definition"),
    words("module"),
    words("import_statement import_from_statement future_import_statement"),
    words("raise_statement"),
    words("assert_statement"),
)
JAVASCRIPT = Syntax(
    "javascript",
    "tree_sitter_javascript",
    words(
        "function_declaration generator_function_declaration method_definition arrow_function function_expression"
        " generator_function"
    ),
    words("program class_body"),
    words("import_statement"),
    words("throw_statement"),
)
TYPESCRIPT = replace(JAVASCRIPT, name="typescript", module="tree_sitter_typescript", entry="language_typescript")
TSX = replace(TYPESCRIPT, name="tsx", entry="language_tsx")
JAVA = Syntax(
    "java",
    "tree_sitter_java",
    words("method_declaration constructor_declaration static_initializer compact_constructor_declaration"),
    words("program class_body interface_body enum_body_declarations record_body"),
    words("import_declaration package_declaration"),
    words("throw_statement"),
    words("assert_statement"),
)
KOTLIN = Syntax(
    "kotlin",
    "tree_sitter_kotlin",
    words("function_declaration secondary_constructor anonymous_initializer getter setter"),
    words("source_file class_body enum_class_body"),
    words("import package_header import_header"),
    words("throw_expression"),
)
GO = Syntax(
    "go",
    "tree_sitter_go",
    words("function_declaration method_declaration"),
    words("source_file"),
    words("import_declaration package_clause"),
)
RUST = Syntax(
    "rust",
    "tree_sitter_rust",
    words("function_item"),
    words("source_file declaration_list"),
    words("use_declaration extern_crate_declaration"),
)
C = Syntax(
    "c",
    "tree_sitter_c",
    words("function_definition"),
    words("translation_unit field_declaration_list declaration_list"),
    words("preproc_include using_declaration"),
    words("throw_statement"),
    words("static_assert_declaration"),
)
CPP = replace(C, name="cpp", module="tree_sitter_cpp")
CSHARP = Syntax(
    "csharp",
    "tree_sitter_c_sharp",
    words(
        "method_declaration constructor_declaration local_function_statement accessor_declaration"
        " operator_declaration destructor_declaration"
    ),
    words("compilation_unit declaration_list"),
    words("using_directive"),
    words("throw_statement throw_expression"),
)
RUBY = Syntax(
    "ruby",
    "tree_sitter_ruby",
    words("method singleton_method"),
    words("program class module body_statement"),
    frozenset(),
)
PHP = Syntax(
    "php",
    "tree_sitter_php",
    words("function_definition method_declaration"),
    words("program declaration_list"),
    words("namespace_use_declaration"),
    words("throw_expression throw_statement"),
    entry="language_php",
)
ELIXIR = Syntax("elixir", "tree_sitter_elixir", frozenset(), words("source do_block"), frozenset())

_BY_SUFFIX = {
    **dict.fromkeys((".py", ".pyw", ".pyi"), PYTHON),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), JAVASCRIPT),
    **dict.fromkeys((".ts", ".mts", ".cts"), TYPESCRIPT),
    ".tsx": TSX,
    ".java": JAVA,
    **dict.fromkeys((".kt", ".kts"), KOTLIN),
    ".go": GO,
    ".rs": RUST,
    **dict.fromkeys((".c", ".h"), C),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx"), CPP),
    ".cs": CSHARP,
    **dict.fromkeys((".rb", ".rake"), RUBY),
    **dict.fromkeys((".php", ".phtml"), PHP),
    **dict.fromkeys((".ex", ".exs"), ELIXIR),
}

# Files that a frame may point to, whether or not a grammar knows them; only these are indexed.
SOURCE_SUFFIXES = (
    *_BY_SUFFIX,
    *(".scala", ".groovy", ".clj", ".swift", ".m", ".mm", ".dart", ".erl", ".pl", ".pm", ".sh", ".bash", ".lua"),
    *(".r", ".R", ".hs", ".ml", ".fs", ".vb", ".ps1", ".sql", ".vue", ".svelte", ".pyx", ".s", ".S", ".zig", ".jl"),
    *(".erb", ".blade.php", ".twig", ".html", ".jinja", ".j2", ".map", ".gradle", ".tf", ".yml", ".yaml", ".json"),
)


def syntax_of(path: str) -> Syntax | None:
    """The language of a file by its name; None where no grammar is known."""
    return _BY_SUFFIX.get(PurePosixPath(path).suffix.lower())


@cache
def grammar(syntax: Syntax) -> "Language":
    """The language's grammar for a parser."""
    from tree_sitter import Language

    return Language(getattr(importlib.import_module(syntax.module), syntax.entry)())
