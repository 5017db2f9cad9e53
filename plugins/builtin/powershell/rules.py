"""The usual errors of PowerShell scripts."""

from crashlight_sdk.bounds import divisor_guard
from crashlight_sdk.rules import Rule, rule
from crashlight_sdk.system import system_rules

RULES: tuple[Rule, ...] = (
    rule(
        "powershell/execution-policy",
        "permission",
        "The execution policy of this machine does not let the script run.",
        "Sign the script, or change the policy for this user (Set-ExecutionPolicy -Scope CurrentUser).",
        message=r"running scripts is disabled|is not digitally signed|execution[ _]polic",
        confidence=0.96,
    ),
    rule(
        "powershell/access-denied",
        "permission",
        "The account that runs the script may not do this: {message}",
        "Run it as an administrator, or give the account the right.",
        message=r"(?i)access (?:is denied|to the path)|requested registry access|administrator|elevat|unauthorized",
        confidence=0.92,
    ),
    rule(
        "powershell/missing-module",
        "missing-dependency",
        "The module `{module}` is not installed for this user.",
        "Install it with Install-Module, and import it.",
        message=r"module '(?P<module>[^']+)' was not loaded|The specified module '(?P<module2>[^']+)'",
        confidence=0.95,
    ),
    rule(
        "powershell/missing-command",
        "missing-dependency",
        "The command `{name}` is not known here.",
        "Install or import the module that has it, or correct the name or the PATH.",
        message=r"term '(?P<name>[^']+)' is not recognized",
        confidence=0.9,
    ),
    rule(
        "powershell/missing-parameter",
        "version-or-api-mismatch",
        "A command does not have the parameter, or not that value of it: {message}",
        "Look at the help of the command in the version that is installed.",
        message=r"parameter (?:cannot be found|name) |parameter set cannot be resolved"
        r"|positional parameter cannot be found|Cannot find an overload|does not contain a method named",
        confidence=0.82,
    ),
    rule(
        "powershell/null",
        "null-or-undefined",
        "A value is null where an object is needed: {message}",
        "Check what the call before returned.",
        message=r"null-valued expression|because it is null|argument is null|Cannot index into a null|null array"
        r"|has not been set",
        confidence=0.94,
    ),
    rule(
        "powershell/missing-property",
        "missing-key-or-index",
        "The object has no such property or element: {message}",
        "Look at the object with Get-Member.",
        message=r"property '[^']+' cannot be found|Index was outside|out of bounds|Cannot find (?:a )?(?:variable"
        r"|property)|does not exist as a property",
        confidence=0.9,
    ),
    rule(
        "powershell/divide-by-zero",
        "numeric",
        "A number is divided by zero.",
        "Handle a divisor of zero.",
        message=r"divide by zero",
        confidence=0.97,
        propose=divisor_guard,
    ),
    rule(
        "powershell/convert",
        "type-mismatch",
        "A value cannot be converted to the type that is needed: {message}",
        "Convert or check it before.",
        message=r"Cannot convert|Cannot process argument transformation|cannot bind|type mismatch"
        r"|Input string was not in a correct format",
        confidence=0.87,
    ),
    rule(
        "powershell/path",
        "io-or-filesystem",
        "The path does not exist, or is not what is expected: {message}",
        "Check it with Test-Path first.",
        type=r"(?:.*\.)?(?:ItemNotFoundException|DirectoryNotFoundException|FileNotFoundException"
        r"|DriveNotFoundException|IOException|Get-(?:Content|ChildItem|Item))",
        message=r"(?i)path|file|drive|exist|used by another",
        confidence=0.88,
    ),
    rule(
        "powershell/parse",
        "parsing-or-encoding",
        "A text or script cannot be parsed: {message}",
        "Correct it at the place that is marked.",
        type=r"ParserError|ParentContainsErrorRecordException|ParseException|ConvertFrom-Json",
        confidence=0.9,
    ),
    rule(
        "powershell/remote",
        "network-or-timeout",
        "A remote machine or address could not be reached: {message}",
        "Check name, firewall and service (WinRM).",
        message=r"(?i)remote (?:server|name|computer)|WinRM|unable to connect|RPC server|could not be resolved"
        r"|timed out|underlying connection",
        confidence=0.87,
    ),
    *system_rules("powershell"),
    rule(
        "powershell/thrown",
        "assertion-or-invariant",
        "The script stops itself: {message}",
        "Compare what the check there expects with what happened.",
        type=r"RuntimeException|Exception|Write-Error|WriteErrorException",
        confidence=0.5,
    ),
)
