"""The usual errors of Haskell programs."""

from crashlight_sdk.bounds import divisor_guard
from crashlight_sdk.rules import Rule, rule
from crashlight_sdk.system import system_rules

RULES: tuple[Rule, ...] = (
    rule(
        "haskell/missing-variable",
        "configuration",
        "The environment variable `{name}` is not set.",
        "Set it in the environment of this deployment, or use `lookupEnv` and a default.",
        message=r"(?P<name>\w+): getEnv: does not exist",
        confidence=0.97,
    ),
    rule(
        "haskell/empty-list",
        "missing-key-or-index",
        "`{name}` is used on an empty list, or beyond its end.",
        "Match on the list, or use a total function such as `listToMaybe`.",
        message=r"Prelude\.(?P<name>head|tail|last|init|maximum|minimum|foldr1|foldl1|!!|cycle)",
        confidence=0.95,
    ),
    rule(
        "haskell/missing-key",
        "missing-key-or-index",
        "A key or index is not there: {message}",
        "Use `lookup` or `!?`, and handle Nothing.",
        message=r"Map\.!|given key is not an element|index out of (?:range|bounds)|Error in array index"
        r"|undefined array element|index too large|negative index",
        confidence=0.94,
    ),
    rule(
        "haskell/from-just",
        "null-or-undefined",
        "`fromJust` is used on Nothing in {place}.",
        "Match on the value, or use `maybe` or `fromMaybe`.",
        message=r"fromJust|Nothing",
        confidence=0.95,
    ),
    rule(
        "haskell/patterns",
        "unhandled-input",
        "No pattern in {place} fits the value: {message}.",
        "Add the missing case; -Wincomplete-patterns finds it.",
        message=r"Non-exhaustive|Irrefutable pattern|No match in record",
        confidence=0.93,
    ),
    rule(
        "haskell/missing-field",
        "null-or-undefined",
        "A record is made without a field that is used: {message}.",
        "Give the field a value where the record is made.",
        message=r"Missing field",
        confidence=0.9,
    ),
    rule(
        "haskell/no-parse",
        "parsing-or-encoding",
        "`read` got a text that it cannot read.",
        "Use `readMaybe`, and handle Nothing.",
        message=r"Prelude\.read: no parse|Prelude\.chr|Prelude\.Enum|invalid argument \((?:invalid byte"
        r"|cannot (?:decode|encode))",
        confidence=0.94,
    ),
    rule(
        "haskell/division",
        "numeric",
        "A number is divided by zero, or goes beyond its type: {message}.",
        "Handle a divisor of zero before.",
        message=r"divide by zero|arithmetic (?:over|under)flow|Ratio has zero denominator|Negative exponent",
        confidence=0.96,
        propose=divisor_guard,
    ),
    rule(
        "haskell/loop",
        "unbounded-recursion",
        "A value needs itself to be known, or a recursion has no end: {message}.",
        "Look for a `let` that uses its own name by mistake; give the recursion an end.",
        message=r"<<loop>>|stack overflow",
        confidence=0.9,
    ),
    rule(
        "haskell/memory",
        "resource-exhaustion",
        "The heap is full: {message}.",
        "Look for lazy accumulators; use strict folds.",
        message=r"[Hh]eap overflow|heap exhausted",
        confidence=0.93,
    ),
    rule(
        "haskell/blocked",
        "concurrency",
        "A thread waits for something that no other thread can give: {message}.",
        "Find who should fill the MVar, or write to the TVar or channel.",
        message=r"thread blocked indefinitely",
        confidence=0.95,
    ),
    *system_rules("haskell"),
    rule(
        "haskell/not-implemented",
        "unhandled-input",
        "The program met a part that is not written yet in {place}.",
        "Write it.",
        message=r"Prelude\.undefined|not (?:yet )?implemented|TODO",
        confidence=0.85,
    ),
    rule(
        "haskell/own-error",
        "assertion-or-invariant",
        "The program ended itself with `error` in {place}: {message}",
        "Find what led to this state; return an `Either` where the caller can handle it.",
        type="error|user error",
        confidence=0.5,
    ),
)
