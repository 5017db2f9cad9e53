"""The usual crashes of Lua programs: the first rule that fits decides, in the order of the categories."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts, Rule


def _guard_nil(facts: Facts) -> Iterator[Intent]:
    name = facts["name"]
    if re.fullmatch(r"[\w.]+", name) and name in facts.line:
        found = re.search(rf"[\w.]*\b{re.escape(name)}\b", facts.line)
        expression = found[0] if found else name
        yield Intent("guard_none", f"Handle that {expression} is nil", args={"expression": expression})


RULES: tuple[Rule, ...] = (
    Rule(
        "lua/permission", "permission",
        "The operating system refused the operation: {message}.",
        "Give the program the right, or use a path that it may use.",
        message=r"[Pp]ermission denied|not permitted",
    ),
    Rule(
        "lua/missing-module", "missing-dependency",
        "The module `{module}` is not found.",
        "Install it, or add its folder to package.path.",
        message=r"module '(?P<module>[^']+)' not found",
        confidence=0.95,
    ),
    Rule(
        "lua/version", "version-or-api-mismatch",
        "The function is not in this version of Lua or of the program: {message}.",
        "Use what this version has, or install the one that the code was written for.",
        message=(
            r"version mismatch|attempt to call (?:a nil value )?\(?(?:global|field) '(?:unpack"
            r"|setfenv|getfenv|loadstring|module|table\.getn|maxn|getn)'|deprecated"
        ),
        confidence=0.85,
    ),
    Rule(
        "lua/memory", "resource-exhaustion",
        "The program ran out of memory: {message}.",
        "Find what grows without bound.",
        message=r"not enough memory|too many open files|No space left|out of memory",
        confidence=0.93,
    ),
    Rule(
        "lua/recursion", "unbounded-recursion",
        "A function calls itself without an end: {message}.",
        "Give the recursion an end.",
        message=r"stack overflow|C stack overflow",
        confidence=0.97,
    ),
    Rule(
        "lua/coroutine", "concurrency",
        "A coroutine was used wrongly: {message}.",
        "Resume only suspended coroutines, and yield only where the host allows it.",
        message=r"dead coroutine|attempt to yield|non-suspended coroutine|invalid key to 'next'",
        confidence=0.75,
    ),
    Rule(
        "lua/network", "network-or-timeout",
        "The connection failed: {message}.",
        "Check the peer, handle the failure, and retry with a limit.",
        message=(
            r"connection (?:refused|reset|closed|timed out)|timeout|host (?:or service )?not (?:found"
            r"|provided)|closed$"
        ),
        confidence=0.88,
    ),
    Rule(
        "lua/file", "io-or-filesystem",
        "The file does not exist or cannot be used: {message}.",
        "Check the path, or handle that it is absent.",
        message=r"No such file or directory|cannot open|closed file|Could not open",
        confidence=0.9,
    ),
    Rule(
        "lua/syntax", "parsing-or-encoding",
        "{place} is not valid Lua: {message}.",
        "Correct the syntax at that line or just before it.",
        message=(
            r"unexpected symbol|expected near|' expected|unfinished (?:string|long)|malformed"
            r"|<eof>|invalid (?:escape|value|token)|Expected .* but found|parse error"
        ),
        confidence=0.9,
    ),
    Rule(
        "lua/nil-used", "null-or-undefined",
        "`{name}` is nil where it is used.",
        "Find out why it is nil (a misspelt field, a lookup that found nothing), and handle that.",
        message=(
            r"attempt to (?:index|call|concatenate|perform arithmetic on|get length of"
            r"|compare)[^']*(?:'(?P<name>[^']+)'[^(]*)?\(?a nil value\)?(?: \((?:local"
            r"|global|field|upvalue|method|constant) '(?P<name2>[^']+)'\))?|(?:compare"
            r"|with) nil|got nil|nil expected|index is nil|table index is nil"
        ),
        propose=_guard_nil, confidence=0.95,
    ),
    Rule(
        "lua/arithmetic", "numeric",
        "The arithmetic cannot be done: {message}.",
        "Check the operands.",
        message=(
            r"attempt to perform 'n(?:%%|//)0'|divide by zero|number has no integer representation"
            r"|integer overflow|NaN"
        ),
        confidence=0.93,
    ),
    Rule(
        "lua/type", "type-mismatch",
        "A value is of another type than the code expects: {message}.",
        "Check what the value is here, or convert it.",
        message=(
            r"attempt to (?:index|call|concatenate|perform arithmetic|get length|compare)"
            r"|bad argument #\d+|expected, got|string expected|number expected|table expected"
            r"|userdata"
        ),
        confidence=0.87,
    ),
    Rule(
        "lua/assertion", "assertion-or-invariant",
        "The program's own check failed: {message}",
        "Compare what the check expects with what the program did.",
        message=r"assert(?:ion)?|expected|should",
        confidence=0.75,
    ),
)  # fmt: skip
