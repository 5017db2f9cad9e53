"""The usual failures of shell scripts, in the order of the categories."""

from crashlight_sdk.rules import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        "shell/permission", "permission",
        "`{what}` may not be run or opened.",
        "Make it executable (`chmod +x`), or give the user the right.",
        message=r"(?P<what>\S[^:]*): (?:.*[Pp]ermission denied)|[Pp]ermission denied: (?P<what2>.*)|readonly",
        confidence=0.95,
    ),
    Rule(
        "shell/missing-command", "missing-dependency",
        "The program `{what}` is not installed or not on the PATH.",
        "Install it, correct its name, or extend PATH.",
        message=(
            r"(?P<what>\S[^:]*): (?:command )?not found|command not found: (?P<what2>.*)"
            r"|(?P<what3>\S+): bad interpreter"
        ),
        confidence=0.95,
    ),
    Rule(
        "shell/wrong-binary", "version-or-api-mismatch",
        "The file is no program for this system: {message}.",
        "Build or download it for this processor, or add the `#!` line.",
        message=r"cannot execute|Exec format error",
    ),
    Rule(
        "shell/unset-variable", "configuration",
        "The variable `{what}` is not set.",
        "Set it where the script is run, or give it a default (`${{{what}:-…}}`).",
        message=(
            r"(?P<what>\S[^:]*): (?:unbound variable|parameter (?:not set|null or not set))"
            r"|parameter not set: (?P<what2>.*)"
        ),
        confidence=0.85,
    ),
    Rule(
        "shell/resources", "resource-exhaustion",
        "A resource ran out: {message}.",
        "Free it, or pass fewer arguments at a time (`xargs`).",
        message=r"No space left|[Cc]annot allocate|Argument list too long|fork: ",
        confidence=0.93,
    ),
    Rule(
        "shell/recursion", "unbounded-recursion",
        "A function calls itself without an end: {message}.",
        "Give the recursion an end.",
        message=r"nesting level exceeded",
    ),
    Rule(
        "shell/missing-file", "io-or-filesystem",
        "`{what}` does not exist or is not a file.",
        "Check the path and the working directory (and for line ends of Windows in the script).",
        message=(
            r"(?P<what>\S[^:]*): (?:.*(?:[Nn]o such file|[Ii]s a directory|cannot overwrite"
            r"|busy))|no such file or directory: (?P<what2>.*)|ambiguous redirect"
        ),
        confidence=0.93,
    ),
    Rule(
        "shell/syntax", "parsing-or-encoding",
        "{place} is not valid shell: {message}.",
        "Correct the quoting or the keyword there; a script for bash fails in sh.",
        message=r"syntax error|unexpected EOF|bad substitution|parse error|here-document",
        confidence=0.92,
    ),
    Rule(
        "shell/arithmetic", "numeric",
        "The arithmetic cannot be done: {message}.",
        "Check the operands.",
        message=r"division by 0|value too great",
    ),
    Rule(
        "shell/test-operands", "type-mismatch",
        "A test got an empty or non-numeric operand: {message}.",
        "Quote the variables and check that they hold what is compared.",
        message=(
            r"(?:integer|unary|binary|numeric) (?:expression|operator|argument)|too many arguments"
            r"|valid identifier|bad array subscript"
        ),
        confidence=0.85,
    ),
)  # fmt: skip
