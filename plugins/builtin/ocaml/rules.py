"""The usual exceptions of OCaml programs."""

from crashlight_sdk.bounds import divisor_guard
from crashlight_sdk.rules import Rule, rule
from crashlight_sdk.system import system_rules

RULES: tuple[Rule, ...] = (
    rule(
        "ocaml/index-out-of-bounds",
        "missing-key-or-index",
        "An index in {place} is outside of its array or string.",
        "Check it against the length first.",
        type="Invalid_argument",
        message=r"index out of bounds|List\.nth|String\.sub|Array\.\w+|Bytes\.\w+",
        confidence=0.94,
    ),
    rule(
        "ocaml/not-found",
        "missing-key-or-index",
        "A key or element is not there in {place}.",
        "Use the variant that gives an option, such as `find_opt`.",
        type=r"Not_found|(?:.*\.)?Not_found_s|Failure",
        message=r"^(?:|hd|tl|nth|.*not found.*)$",
        confidence=0.93,
    ),
    rule(
        "ocaml/number",
        "parsing-or-encoding",
        "A text is not what `{parser}` can read.",
        "Use `{parser}_opt`, and handle None.",
        type="Failure|Invalid_argument",
        message=r"^(?P<parser>int_of_string|float_of_string|bool_of_string|Int64\.of_string|Int32\.of_string)",
        confidence=0.96,
    ),
    rule(
        "ocaml/parse",
        "parsing-or-encoding",
        "A text cannot be read: {type} {message}",
        "Look at the text at that place.",
        type=r".*(?:Parse_error|Parsing\.Parse_error|Scan_failure|Json_error|Lexer\.Error|Syntax_?[Ee]rror"
        r"|Type_error|Of_yojson_error|Of_sexp_error)|End_of_file",
        confidence=0.85,
    ),
    rule(
        "ocaml/division",
        "numeric",
        "A number is divided by zero in {place}.",
        "Handle a divisor of zero.",
        type="Division_by_zero",
        confidence=0.98,
        propose=divisor_guard,
    ),
    rule(
        "ocaml/match",
        "unhandled-input",
        "No pattern in {place} fits the value.",
        "Add the missing case; the compiler warns of it (warning 8).",
        type="Match_failure",
        confidence=0.93,
    ),
    rule(
        "ocaml/assertion",
        "assertion-or-invariant",
        "The assertion in {place} failed.",
        "Compare what it expects with what the program did; `assert false` marks a case that was held to be "
        "impossible.",
        type="Assert_failure",
        confidence=0.95,
    ),
    rule(
        "ocaml/stack-overflow",
        "unbounded-recursion",
        "{function} calls itself too deep.",
        "Give the recursion an end, or make it tail-recursive.",
        type="Stack_overflow",
        confidence=0.97,
    ),
    rule(
        "ocaml/memory",
        "resource-exhaustion",
        "The program ran out of memory.",
        "Find what grows; work in pieces.",
        type="Out_of_memory",
        confidence=0.96,
    ),
    rule(
        "ocaml/option",
        "null-or-undefined",
        "`Option.get` is used on None in {place}.",
        "Match on the option.",
        message=r"option is None|Option\.(?:get|value_exn)",
        confidence=0.95,
    ),
    *system_rules("ocaml"),
    rule(
        "ocaml/failure",
        "assertion-or-invariant",
        "The program ended itself in {place}: {message}",
        "Find what led to this state; return a `result` where the caller can handle it.",
        type="Failure|Invalid_argument",
        confidence=0.5,
    ),
)
