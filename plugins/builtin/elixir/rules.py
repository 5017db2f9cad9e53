"""The usual crashes on the BEAM: the first rule that fits decides, in the order of the categories."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts, Rule
from crashlight_sdk.similar import closest


def _guard_key(facts: Facts) -> Iterator[Intent]:
    found = re.search(r"(?P<owner>[a-z_]\w*(?:\.\w+)*)\.(?P<key>[a-z_]\w*)(?![\w(])", facts.line)
    if found and found["key"] == facts["key"].removeprefix(":"):
        args = {"collection": found["owner"], "key": facts["key"]}
        yield Intent("guard_key", f"Handle that {facts['key']} is not in {found['owner']}", args=args)


def _rename(facts: Facts) -> Iterator[Intent]:
    old = facts["name"].rpartition(".")[2].partition("/")[0]
    said = re.search(r"[Dd]id you mean(?: one of)?:?\s*\*?\s*(?:\w+\.)*(?P<name>\w+[?!]?)", facts.cause.message)
    names = set()
    if facts.excerpt is not None:
        names = {name for line in facts.excerpt.lines for name in re.findall(r"[a-z_]\w*[?!]?", line[:1000])} - {old}
    new = said["name"] if said else closest(old, names)
    if new and old and old in facts.line and new != old:
        yield Intent("rename_to", f"Rename {old} to {new}", args={"old": old, "new": new})


RULES: tuple[Rule, ...] = (
    # The class is certain here, whatever words the message holds.
    Rule(
        "elixir/assertion", "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        type=r"ExUnit\.\w*Error",
        confidence=0.95,
    ),
    Rule(
        "elixir/permission", "permission",
        "The operating system refused the operation: {message}.",
        "Give the program the right, or use a path that it may use.",
        message=r":?eacces|:?eperm|permission denied|forbidden|unauthorized",
    ),
    Rule(
        "elixir/missing-module", "missing-dependency",
        "The module or function `{name}` is not available.",
        "Add the dependency that holds it to mix.exs, or correct the name and arity.",
        type=r"UndefinedFunctionError|error",
        message=(
            r"function (?P<name>\S+) is undefined \(module \S+ is not available\)|undefined function (?P<name2>\S+)"
        ),
        propose=_rename, confidence=0.78,
    ),
    Rule(
        "elixir/undefined-function", "version-or-api-mismatch",
        "The function `{name}` does not exist in that module.",
        "Check name and arity against the installed version, and whether it is private.",
        type=r"UndefinedFunctionError|CompileError",
        message=r"(?:undefined )?function (?P<name>\S+)",
        propose=_rename, confidence=0.8,
    ),
    Rule(
        "elixir/environment", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where the program is deployed.",
        message=(
            r"(?i)environment variable|could not fetch application environment|not configured"
            r"|config(?:uration)?[^.]{0,50}(?:missing|not (?:set|found)|invalid|required)"
            r"|could not lookup Ecto repo|no such (?:endpoint|repo)|unknown registry"
            r"|because it was not started|DATABASE_URL|secret_key_base|could not find System\."
            r"|could not fetch environment"
        ),
        type=r".*", confidence=0.88,
    ),
    Rule(
        "elixir/resources", "resource-exhaustion",
        "A resource ran out: {message}.",
        "Find what grows or is held, then raise the limit if the use is right.",
        message=(
            r":?emfile|:?enospc|:?enomem|system_limit|eheap_alloc|out of memory"
            r"|connection not available and request was dropped from queue"
            r"|queue_timeout"
        ),
        confidence=0.9,
    ),
    Rule(
        "elixir/process-gone", "concurrency",
        "The process that was called is not alive, or the call crossed its end: {message}.",
        "Start it under a supervisor before the call, and handle its absence.",
        message=(
            r"no process: the process is not alive|:?noproc|already started|not associated with an alive process"
            r"|owner #?PID|cannot find ownership process|the table identifier does not refer"
            r"|StaleEntryError|deadlock"
        ),
        confidence=0.8,
    ),
    Rule(
        "elixir/timeout", "network-or-timeout",
        "The call was not answered in time: {message}.",
        "Find what keeps the process busy, choose a fitting timeout, and handle it.",
        message=(
            r"time ?out|timed out|:?econnrefused|:?nxdomain|:closed\b|connection (?:is )?closed|:?ehostunreach"
            r"|:?etimedout|:?eaddrinuse|tcp connect|ssl|TransportError|connection (?:refused|lost|timed)"
        ),
        type=(
            r"exit|.*(?:ConnectionError|TransportError|HTTPError|HTTPClientError|MatchError"
            r"|RuntimeError|error|EXIT.*|Error)"
        ),
        confidence=0.83,
    ),
    Rule(
        "elixir/file", "io-or-filesystem",
        "The path does not exist or is not as expected: {message}.",
        "Check the path, or handle that it is absent.",
        type=r"File\.\w*Error|.*TemplateNotFound\w*|.*",
        message=r":?enoent|no such file|:?eexist|:?enotdir|:?eisdir|could not (?:read|open|list|make)|:?epipe",
        confidence=0.9,
    ),
    Rule(
        "elixir/malformed", "parsing-or-encoding",
        "The data is malformed: {message}",
        "Check the data before parsing it, and handle the error.",
        type=(
            r".*(?:DecodeError|ParseError|ParserError|SyntaxError|TokenMissingError|UnicodeConversionError"
            r"|Unicode\w*|InvalidError|EncodeError|MismatchedDelimiterError|CompileError)"
            r"|Regex\.CompileError"
        ),
        confidence=0.88,
    ),
    Rule(
        "elixir/number-from-text", "parsing-or-encoding",
        "The text is not a number or date: {message}.",
        "Check or clean the text before converting it (`Integer.parse`).",
        message=(
            r"not a textual representation|cannot parse|invalid_format|cannot convert the given"
            r"|invalid (?:date|time|format)"
        ),
        confidence=0.9,
    ),
    Rule(
        "elixir/arithmetic", "numeric",
        "The arithmetic cannot be done: {message}.",
        "Check the operands: a divisor of zero, or a value that is no number.",
        type=r"ArithmeticError|error",
        message=r"bad argument in arithmetic|badarith|arithmetic|division",
        confidence=0.88,
    ),
    Rule(
        "elixir/field-of-text", "type-mismatch",
        "The key {key} is read from a value that is no map: {message}.",
        "Check what the value is here; a clause for this form is missing, or the value has to be converted.",
        type="KeyError",
        message=r"key (?P<key>:?\S+) not found in:? ?(?:\"|'|:\w|\[|\d|#)",
        confidence=0.82,
    ),
    Rule(
        "elixir/field-of-nil", "null-or-undefined",
        "`{key}` is read from nil.",
        "Find out why the value is nil, and handle that case.",
        type="KeyError",
        message=r"key (?P<key>:?\S+) not found in:? ?nil",
        confidence=0.95,
    ),
    Rule(
        "elixir/missing-key", "missing-key-or-index",
        "The key {key} is not in the map.",
        "Check the key, or use `Map.get` with a default.",
        type=r"KeyError|BadMapError|.*",
        message=r"key (?P<key>\"[^\"]*\"|:?\S+) not found|(?P<key2>)badkey|expected a map with key",
        propose=_guard_key, confidence=0.93,
    ),
    Rule(
        "elixir/not-found", "missing-key-or-index",
        "What was looked up is not there: {message}",
        "Handle the case that it does not exist.",
        type=(
            r"Ecto\.(?:NoResultsError|MultipleResultsError)|Enum\.(?:EmptyError|OutOfBoundsError)"
            r"|.*(?:NoRouteError|NotFoundError|EmptyError)"
        ),
        confidence=0.9,
    ),
    Rule(
        "elixir/nil", "null-or-undefined",
        "nil is used where a value is needed: {message}.",
        "Find out why it is nil, and handle that case.",
        message=(
            r"function nil\.|nil\.\w+/\d|for nil\b|expected .* got:? nil|not implemented for nil"
            r"|value: nil|Got value: nil"
        ),
        confidence=0.93,
    ),
    Rule(
        "elixir/undefined-variable", "null-or-undefined",
        "A name is not defined here: {message}.",
        "Define it, or correct its spelling.",
        message=r"undefined variable|is unbound|variable \"?\w+\"? does not exist",
        propose=_rename, confidence=0.85,
    ),
    Rule(
        "elixir/protocol", "type-mismatch",
        "The value has a type that the protocol or function does not know: {message}.",
        "Convert the value, or implement the protocol for its type.",
        type=(
            r"Protocol\.UndefinedError|BadArityError|BadFunctionError|BadStructError"
            r"|BadMapError|BadBooleanError|ArgumentError|error"
        ),
        message=(
            r"protocol .* not implemented|expected a (?:map|function|struct|boolean|list)"
            r"|bad argument|badarg|not an? (?:iodata|binary|list|atom)|arity|construction of binary failed"
            r"|badfun|badmap"
        ),
        confidence=0.83,
    ),
    Rule(
        "elixir/no-clause", "unhandled-input",
        "No clause of `{name}` matches what it was given.",
        "Add a clause for this case, or correct the caller.",
        type=(
            r"FunctionClauseError|CaseClauseError|CondClauseError|WithClauseError|TryClauseError"
            r"|MatchError|Phoenix\.ActionClauseError|error"
        ),
        message=(
            r"no function clause matching in (?P<name>\S+)|function_clause|no (?:case"
            r"|cond|with|try) clause|no match of right hand side|badmatch|case_clause"
            r"|(?P<name2>no .* clause)"
        ),
        confidence=0.8,
    ),
    Rule(
        "elixir/constraint", "assertion-or-invariant",
        "A constraint was violated: {message}.",
        "Handle the conflict, or validate before writing.",
        type=r"Ecto\.(?:ConstraintError|InvalidChangesetError|StaleEntryError|ChangeError)",
        confidence=0.8,
    ),
    Rule(
        "elixir/argument", "unhandled-input",
        "A value is not one that the code handles: {message}",
        "Check the value where it comes in.",
        type=r"ArgumentError|.*(?:CastError|BadRequestError|UnsupportedMediaTypeError|InvalidCSRFTokenError)",
        confidence=0.65,
    ),
)  # fmt: skip
