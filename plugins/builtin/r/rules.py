"""The usual errors of R scripts."""

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts, Rule, rule
from crashlight_sdk.system import system_rules


def _install(facts: Facts) -> tuple[Intent, ...]:
    package = facts["package"]
    return (Intent("add_dependency", f"Add the package {package}", None, {"package": package}),) if package else ()


RULES: tuple[Rule, ...] = (
    rule(
        "r/missing-package",
        "missing-dependency",
        "The package `{package}` is not installed.",
        "Install it with install.packages, and list it in DESCRIPTION or renv.lock.",
        message=r"there is no package called [‘'\"`](?P<package>[\w.]+)",
        confidence=0.98,
        propose=_install,
    ),
    rule(
        "r/missing-function",
        "missing-dependency",
        "The function `{name}` is not known: its package is not attached, or the name is wrong.",
        "Attach the package with library, or write `package::{name}`.",
        message=r"could not find function \"(?P<name>[^\"]+)\"",
        confidence=0.82,
    ),
    rule(
        "r/namespace",
        "version-or-api-mismatch",
        "Packages do not fit together: {message}",
        "Install versions that belong together.",
        message=r"namespace .* is (?:already loaded|being loaded), but|is not an exported object from"
        r"|package or namespace load failed|was built (?:under|before) R|unused argument|lazy-load database",
        confidence=0.85,
    ),
    rule(
        "r/missing-object",
        "null-or-undefined",
        "The object `{name}` does not exist where it is used.",
        "Check its spelling, and that the code that makes it ran before.",
        message=r"object [‘'](?P<name>[^’']+)[’'] not found",
        confidence=0.88,
    ),
    rule(
        "r/subscript",
        "missing-key-or-index",
        "An index or name is not in the object in {function}: {message}.",
        "Check names and length first.",
        message=r"subscript out of bounds|undefined columns selected|out of bounds|incorrect number of dimensions"
        r"|Column .* (?:doesn't|not) |Can't (?:subset|find) |not found in|no such index",
        confidence=0.93,
    ),
    rule(
        "r/missing-value",
        "null-or-undefined",
        "A condition is NA or empty: {message}.",
        "Handle NA with is.na or isTRUE before the `if`.",
        message=r"missing value where TRUE/FALSE needed|argument is of length zero|argument \"[^\"]+\" is missing"
        r"|missing values (?:in|are not)|NA/NaN",
        confidence=0.9,
    ),
    rule(
        "r/type",
        "type-mismatch",
        "A value is of another type than is needed in {function}: {message}.",
        "Convert it first, with as.numeric and the like; look at it with str.",
        message=r"non-numeric argument|\$ operator is invalid for atomic vectors|not subsettable|invalid (?:'type'"
        r"|argument type|argument to unary)|cannot coerce|must be (?:a |an |of |numeric|character|logical)"
        r"|non-function|attempt to apply non-function|no applicable method|is not a (?:function|closure)"
        r"|unable to find an inherited method",
        confidence=0.88,
    ),
    rule(
        "r/lengths",
        "type-mismatch",
        "Objects do not have lengths that fit: {message}.",
        "Compare their lengths and dimensions before.",
        message=r"arguments imply differing number|non-conformable|replacement has|variable lengths differ"
        r"|different number of|(?:longer|shorter) object length|the condition has length > 1",
        confidence=0.8,
    ),
    rule(
        "r/recursion",
        "unbounded-recursion",
        "Expressions are nested without an end.",
        "Give the recursion an end that every input reaches.",
        message=r"nested too deeply|infinite recursion|C stack usage|node stack overflow",
        confidence=0.95,
    ),
    rule(
        "r/memory",
        "resource-exhaustion",
        "R could not get the memory for an object: {message}.",
        "Work on parts of the data, or with data.table or arrow.",
        message=r"cannot allocate (?:vector|memory)|memory exhausted",
        confidence=0.95,
    ),
    rule(
        "r/file",
        "io-or-filesystem",
        "A file or address cannot be opened by {function}.",
        "Check the path against getwd(), and that the file exists.",
        message=r"cannot open (?:the connection|file|URL)|cannot open compressed|cannot change working directory"
        r"|No such file|does not exist in current working directory",
        confidence=0.9,
    ),
    rule(
        "r/parse",
        "parsing-or-encoding",
        "A text or file does not have the form that is expected: {message}.",
        "Look at the line that the message names.",
        message=r"unexpected (?:symbol|end of input|string constant|'.'|numeric constant|input|INCOMPLETE)"
        r"|line \d+ did not have \d+ elements|invalid multibyte|lexical error|parse error"
        r"|more columns than column names|character string is not in a standard unambiguous format"
        r"|no lines available|duplicate 'row\.names'",
        confidence=0.92,
    ),
    rule(
        "r/numeric",
        "numeric",
        "A calculation has no result: {message}.",
        "Check the data for zeros, constants and collinear columns.",
        message=r"singular|infinite or missing values|not positive definite|non-finite|did not converge"
        r"|integer overflow|divide by zero",
        confidence=0.85,
    ),
    rule(
        "r/segfault",
        "memory-corruption",
        "Compiled code of a package accessed memory that is not its own ({message}).",
        "Update the package of the innermost call, and R with it.",
        type="segfault|bus",
        confidence=0.8,
    ),
    *system_rules("r"),
    rule(
        "r/stop",
        "assertion-or-invariant",
        "The script stops itself in {function}: {message}",
        "Compare what the check there expects with what the program did.",
        type="Error",
        confidence=0.45,
    ),
)
