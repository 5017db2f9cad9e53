"""The usual crashes of Perl programs: the first rule that fits decides, in the order of the categories."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts, Rule


def _install(facts: Facts) -> Iterator[Intent]:
    module = facts["module"].replace("/", "::").removesuffix(".pm")
    if re.fullmatch(r"[\w:]+", module):
        yield Intent("add_dependency", f"Add {module} to the dependencies", args={"package": module})


def _guard_undef(facts: Facts) -> Iterator[Intent]:
    found = (
        re.search(rf"(?P<owner>\$\w+(?:->\S+?)?)->{re.escape(facts['name'])}\b", facts.line) if facts["name"] else None
    )
    if found:
        yield Intent("guard_none", f"Handle that {found['owner']} is undefined", args={"expression": found["owner"]})


def _guard_zero(facts: Facts) -> Iterator[Intent]:
    found = re.search(r"[/%]=?\s*(?P<divisor>\$\w+(?:->?[\[{][^\]}]*[\]}])*|\([^()]+\))", facts.line)
    if found:
        yield Intent("guard_zero", f"Handle that {found['divisor']} is zero", args={"divisor": found["divisor"]})


RULES: tuple[Rule, ...] = (
    Rule(
        "perl/permission", "permission",
        "The operating system refused the operation: {message}.",
        "Give the program the right, or use a path that it may use.",
        message=r"[Pp]ermission denied|Operation not permitted|Insecure dependency|Access denied",
        confidence=0.93,
    ),
    Rule(
        "perl/missing-module", "missing-dependency",
        "The module `{module}` is not installed.",
        "Install it (`cpanm`) and add it to the cpanfile.",
        message=r"Can't locate (?P<module>\S+\.pm) in @INC",
        propose=_install, confidence=0.97,
    ),
    Rule(
        "perl/loadable-object", "missing-dependency",
        "A compiled module cannot be loaded: {message}.",
        "Install it for this perl and this system.",
        message=r"Can't (?:locate loadable object|load ')|install_driver\(|cannot open shared object",
        confidence=0.9,
    ),
    Rule(
        "perl/version", "version-or-api-mismatch",
        "Versions do not fit together: {message}.",
        "Install the version that is required.",
        message=(
            r"version \S+ required|Perl v?[\d.]+ required|object version .* does not match"
            r"|is not exported by|Can't continue after import|handshake key|no longer supported"
            r"|has been removed"
        ),
        confidence=0.93,
    ),
    Rule(
        "perl/configuration", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where the program is deployed.",
        message=(
            r"(?i)environment variable|not configured|config(?:uration)?[^.]{0,50}(?:missing"
            r"|not (?:set|found)|invalid|required)"
        ),
        confidence=0.83,
    ),
    Rule(
        "perl/resources", "resource-exhaustion",
        "A resource ran out: {message}.",
        "Find what grows or is held open.",
        message=r"Out of memory|No space left|Too many open files|Cannot allocate",
        confidence=0.93,
    ),
    Rule(
        "perl/recursion", "unbounded-recursion",
        "A function calls itself without an end: {message}.",
        "Give the recursion an end.",
        message=r"[Dd]eep recursion|recursion limit|Recursive inheritance",
        confidence=0.9,
    ),
    Rule(
        "perl/network", "network-or-timeout",
        "The connection failed: {message}.",
        "Check the peer, handle the failure, and retry with a limit.",
        message=(
            r"(?i)connection (?:refused|reset|timed out)|timed? ?out|unknown host|can't connect"
            r"|Bad hostname|Name or service not known|address already in use|50\d "
        ),
        confidence=0.9,
    ),
    Rule(
        "perl/file", "io-or-filesystem",
        "The path does not exist or cannot be used: {message}.",
        "Check the path, or handle that it is absent.",
        message=(
            r"No such file or directory|Is a directory|Not a directory|File exists|[Cc](?:an't"
            r"|annot|ould not) open|closed filehandle|Broken pipe|Bad file descriptor"
        ),
        confidence=0.92,
    ),
    Rule(
        "perl/syntax", "parsing-or-encoding",
        "{place} is not valid Perl: {message}.",
        "Correct the syntax at that line or just before it.",
        message=(
            r"syntax error|Can't find string terminator|Missing right|Unmatched|Unrecognized character"
            r"|Number found where|Bareword found|nested quantifiers|malformed|not well-formed"
            r"|[Mm]alformed|hexadecimal|does not map to|unexpected (?:token|end)|JSON"
            r"|utf8"
        ),
        confidence=0.9,
    ),
    Rule(
        "perl/division-by-zero", "numeric",
        "The divisor is zero in {place}.",
        "Handle the case that the divisor is zero before dividing.",
        message=r"Illegal (?:division|modulus) (?:by )?zero|Can't take (?:log|sqrt) of",
        propose=_guard_zero, confidence=0.97,
    ),
    Rule(
        "perl/undefined-value", "null-or-undefined",
        "`{name}` is used on an undefined value.",
        "Find out why it is undefined, and handle that.",
        message=(
            r"Can't call method \"(?P<name>\w+)\" on (?:an undefined value|unblessed)"
            r"|Can't use an undefined value as|undefined value"
        ),
        propose=_guard_undef, confidence=0.95,
    ),
    Rule(
        "perl/undeclared", "null-or-undefined",
        "`{name}` is not declared or defined here.",
        "Declare it with `my`, load what defines it, or correct its spelling.",
        message=(
            r"Global symbol \"(?P<name>[^\"]+)\" requires explicit package|Undefined subroutine &?(?P<name2>[\w:]+)"
            r"|Bareword \"(?P<name3>[^\"]+)\" not allowed|Undefined format"
        ),
        confidence=0.92,
    ),
    Rule(
        "perl/missing-method", "type-mismatch",
        "The object has no method `{name}`: {message}.",
        "Check the spelling, that the package is loaded, and what the object is.",
        message=r"Can't locate object method \"(?P<name>\w+)\"",
        confidence=0.87,
    ),
    Rule(
        "perl/reference", "type-mismatch",
        "A value is not the kind of reference that the code expects: {message}.",
        "Check what the value is here.",
        message=(
            r"Not an? (?:HASH|ARRAY|CODE|SCALAR|GLOB)|Can't use string|Can't use (?:bareword"
            r"|global)|Can't coerce|isn't numeric|Can't modify|Modification of a read-only"
            r"|Can't bless|Attribute \(\w+\) does not pass the type|did not pass type constraint"
        ),
        confidence=0.9,
    ),
    Rule(
        "perl/missing-key", "missing-key-or-index",
        "An element does not exist: {message}.",
        "Check that it exists before.",
        message=r"Modification of non-creatable array value|disallowed key|does not exist|not found",
        confidence=0.75,
    ),
)  # fmt: skip
