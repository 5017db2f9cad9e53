"""Families of errors, for every runtime alike: a category from words of the class and of the message.

This is the last resort of an analyzer, so it knows no runtime. The order is that of the categories: what
would have to change decides, so a message about permissions wins over a class about files.
"""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Family:
    """A category, how sure that is, and a fix that holds for all of it."""

    category: str
    fix: str
    confidence: float


FIXES: dict[str, str] = {
    "permission": "Give the program the right it needs, or let it use a place that it may use.",
    "missing-dependency": "Install what is missing and add it to the project's manifest.",
    "version-or-api-mismatch": "Align the versions: call what the installed version has, or install the other one.",
    "configuration": "Set the missing or wrong setting where this program is deployed.",
    "resource-exhaustion": "Find what grows without bound or is never released, before raising a limit.",
    "unbounded-recursion": "Give the recursion an end that every input reaches.",
    "concurrency": "Let one thread own the state, or guard it with a lock.",
    "network-or-timeout": "Check that the peer runs and can be reached; retry with a limit and handle the failure.",
    "io-or-filesystem": "Check the path and that it exists before use, and handle that it does not.",
    "memory-corruption": "Run under a sanitizer to find the first bad access, and fix the lifetime or bounds there.",
    "parsing-or-encoding": "Check the text before parsing it, and handle what is malformed.",
    "numeric": "Check the operands before the operation.",
    "missing-key-or-index": "Check that the key or index exists, or use an access with a default.",
    "null-or-undefined": "Find out why the value is absent, and handle that case before it is used.",
    "type-mismatch": "Convert the value, or correct where it gets its type.",
    "assertion-or-invariant": "Compare what the check expects with what the program did.",
    "unhandled-input": "Handle this case where the value comes in.",
    "other": "Look at the culprit line with the values it had.",
}

_MESSAGES: tuple[tuple[str, float, str], ...] = (
    (
        "permission",
        0.85,
        r"permission denied|access (?:is )?denied|operation not permitted|EACCES|EPERM"
        r"|not authori[sz]ed|unauthori[sz]ed|forbidden|\b40[13]\b (?:client )?error"
        r"|read-only file system|insufficient (?:privilege|permission)"
        r"|requires? (?:the )?[\w.]*permission",
    ),
    (
        "missing-dependency",
        0.85,
        r"no module named|cannot find module|command not found|library not found"
        r"|cannot open shared object|cannot load such file|unable to locate package|is not installed"
        r"|package .{1,80} not found|class ['\"]?[\w\\.]+['\"]? not found|could not find gem"
        r"|failed to resolve import",
    ),
    (
        "version-or-api-mismatch",
        0.8,
        r"unsupported class file|incompatible version|version mismatch|requires version"
        r"|was compiled with|not compatible with|deprecated and removed|undefined symbol"
        r"|unsupported (?:major|minor|version)|requires (?:at least )?version|has been removed"
        r"|no longer supported",
    ),
    (
        "configuration",
        0.8,
        r"environment variable|\benv(?:ironment)? var\b"
        r"|missing (?:required )?(?:config|setting|property|api key|secret|credential)|not configured"
        r"|misconfigur|configuration (?:error|is missing|not found)|invalid (?:config|setting)"
        r"|unknown option|property .{1,80} (?:is )?(?:required|not set)",
    ),
    (
        "resource-exhaustion",
        0.9,
        r"out of memory|outofmemory|cannot allocate|heap space|heap limit|no space left"
        r"|disk (?:is )?full|too many open files|EMFILE|ENOSPC|quota exceeded|resource exhausted"
        r"|memory limit|memory size of|maximum execution time|too many connections"
        r"|pool (?:is )?exhausted|oom-?kill",
    ),
    (
        "unbounded-recursion",
        0.95,
        r"maximum recursion depth|maximum call stack|stack overflow|stack level too deep"
        r"|too much recursion|infinite recursion",
    ),
    (
        "concurrency",
        0.85,
        r"deadlock|data race|race condition|concurrent modification|modified during iteration"
        r"|changed size during iteration|lock (?:wait )?timeout|not thread[- ]safe"
        r"|from (?:the wrong|another|a different|multiple) thread"
        r"|already (?:been )?(?:locked|closed by)|optimistic lock",
    ),
    (
        "network-or-timeout",
        0.85,
        r"connection (?:was )?(?:refused|reset|aborted|closed|timed out|lost|terminated)|ECONN\w+"
        r"|ETIMEDOUT|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|socket hang up|timed? ?out|timeout"
        r"|unknown host|name or service not known|no route to host|network is unreachable|getaddrinfo"
        r"|unable to resolve host|connection refused|handshake|certificate|\b50[234]\b"
        r"|service unavailable|broken connection|address already in use|EADDRINUSE",
    ),
    (
        "io-or-filesystem",
        0.85,
        r"no such file|ENOENT|ENOTDIR|EISDIR|EEXIST|is a directory|not a directory"
        r"|file (?:does not exist|not found|exists)|broken pipe|EPIPE|input/output error"
        r"|failed to open stream|cannot find the (?:file|path)|bad file descriptor|directory not empty",
    ),
    (
        "memory-corruption",
        0.85,
        r"use.after.free|double free|heap.buffer.overflow|buffer overflow|segmentation fault|corrupted"
        r"|access violation|sigsegv|bus error",
    ),
    (
        "parsing-or-encoding",
        0.8,
        r"unexpected (?:token|end of|character|eof)|syntax error|malformed"
        r"|invalid (?:json|xml|utf-?8|character|date|literal|byte|escape|number|format|syntax|token|uri|url)"
        r"|(?:can't|cannot|could not|failed to|unable to) (?:parse|decode|encode|deseriali[sz]e)"
        r"|not valid json|unparse?able|parse error|illegal (?:base64|character)"
        r"|expecting (?:value|property)|unterminated|unsupported format",
    ),
    (
        "numeric",
        0.85,
        r"divi(?:sion|de) by zero|/ by zero|zerodivision|integer overflow|overflow(?:ed)?\b"
        r"|numerical result out of range|math domain|\bnan\b|not a finite",
    ),
    (
        "missing-key-or-index",
        0.8,
        r"index (?:\S+ )?(?:is )?out of (?:bounds|range)|out of (?:bounds|range)"
        r"|key (?:\S+ )?(?:was )?not (?:found|present)|no such (?:key|element|column)"
        r"|undefined (?:array key|index|offset)|no value present|does not contain",
    ),
    (
        "null-or-undefined",
        0.85,
        r"(?:null|nil|none|undefined)\b.{0,40}\b(?:object|reference|pointer|value|receiver|type)"
        r"|of (?:null|undefined|nil)\b|is (?:null|nil|none|undefined|not defined)\b|nonetype"
        r"|must not be null|for nil\b|on null\b|null pointer|uninitiali[sz]ed",
    ),
    (
        "type-mismatch",
        0.75,
        r"cannot (?:be )?(?:cast|convert|coerce)|can't convert|is not a function|not callable"
        r"|must be (?:an? )?(?:instance of |of type |str|string|int|number|bool|list|array|object)"
        r"|expected .{1,60}(?:but )?(?:got|received|given)|incompatible types|wrong type|type error"
        r"|unsupported operand|not iterable|no implicit conversion|has no (?:attribute|method)"
        r"|undefined method",
    ),
    (
        "assertion-or-invariant",
        0.75,
        r"assert(?:ion)?\b|invariant|expected .{0,80} to (?:be|equal|have|match|contain|throw)"
        r"|precondition|postcondition|should (?:not )?(?:be|have)|unreachable|verify failed",
    ),
    (
        "unhandled-input",
        0.55,
        r"not (?:implemented|supported|recognized|recognised|handled)|unsupported"
        r"|unknown (?:type|value|kind|command|enum|format|case)"
        r"|unexpected (?:value|type|argument|input)|illegal (?:argument|state)"
        r"|invalid (?:argument|value|input|option|state)",
    ),
)

_CLASSES: tuple[tuple[str, float, str], ...] = (
    ("permission", 0.85, r"Permission|AccessDenied|Security|Unauthorized|Forbidden|Authoriz|Authenticat"),
    (
        "missing-dependency",
        0.85,
        r"ModuleNotFound|NoClassDefFound|ClassNotFound|MissingDependency|DllNotFound|FileLoad"
        r"|LoadError|UnsatisfiedLink|ImportError",
    ),
    (
        "version-or-api-mismatch",
        0.85,
        r"NoSuchMethod|NoSuchField|AbstractMethod|IncompatibleClass|UnsupportedClassVersion"
        r"|BadImageFormat|EntryPointNotFound|MissingMethod|MissingField|TypeLoad|Deprecat"
        r"|VersionConflict|VerifyError",
    ),
    (
        "configuration",
        0.8,
        r"Config|Settings?(?:Error|Exception)|ImproperlyConfigured|BeanCreation|MissingOption"
        r"|UsageError|InvalidOption|UnrecognizedOption|NoSuchOption",
    ),
    (
        "resource-exhaustion",
        0.9,
        r"OutOfMemory|MemoryError|ResourceExhausted|TooManyOpen|DiskFull|QuotaExceeded|NoMemoryError"
        r"|InsufficientMemory|TransactionTooLarge",
    ),
    ("unbounded-recursion", 0.95, r"Recursion|StackOverflow|SystemStackError"),
    (
        "concurrency",
        0.85,
        r"Concurren|Deadlock|IllegalMonitor|ThreadState|BrokenBarrier|OptimisticLock|StaleObject"
        r"|LockTimeout|CalledFromWrongThread|SynchronizationLock|ThreadError|FiberError",
    ),
    (
        "network-or-timeout",
        0.85,
        r"Timeout|Connect|Socket|UnknownHost|Network|Http|URLError|SSL|Tls|Certificate"
        r"|RemoteDisconnected|NoRouteToHost|Unreachable|Gai|DNS|Channel(?:Closed)|Unavailable"
        r"|ProtocolException|RequestException|BindException|ApplicationNotResponding",
    ),
    (
        "io-or-filesystem",
        0.8,
        r"FileNotFound|NoSuchFile|FileExists|IsADirectory|NotADirectory|DirectoryNot|IOException"
        r"|IOError|OSError|EOFError|EOFException|BrokenPipe|Errno|PathToo|FileSystem",
    ),
    (
        "parsing-or-encoding",
        0.8,
        r"JSONDecode|Parse|Parsing|Syntax|Unicode|Encoding|Decod|Encod|Format|Marshal|Seriali[sz]"
        r"|Malformed|Yaml|Toml|Xml|SAX|Lexer|Token|InvalidURI|MismatchedInput|Csv|CharacterCoding"
        r"|Indentation",
    ),
    (
        "numeric",
        0.85,
        r"ZeroDivision|Arithmetic|DivideByZero|Overflow(?!.*Stack)|FloatingPoint|DivisionByZero"
        r"|MathError|FloatDomain",
    ),
    (
        "missing-key-or-index",
        0.85,
        r"KeyError|IndexError|KeyNotFound|NoSuchElement|OutOfBounds|OutOfRange|LookupError"
        r"|StopIteration|InputMismatch|DoesNotExist|NotFound|NoResultFound|EmptyStack",
    ),
    (
        "null-or-undefined",
        0.85,
        r"NullPointer|NullReference|ArgumentNull|NilError|UninitializedProperty|UnboundLocal|NameError"
        r"|ReferenceError|KotlinNullPointer|Uninitialized",
    ),
    (
        "type-mismatch",
        0.75,
        r"TypeError|ClassCast|InvalidCast|ArrayStore|AttributeError|NoMethodError|TypeMismatch"
        r"|ArgumentCountError|FunctionClauseError",
    ),
    (
        "assertion-or-invariant",
        0.85,
        r"Assert|Invariant|Expectation|Precondition|ComparisonFailure|IllegalState|MatchError"
        r"|CaseClause|VerificationException|TestFailed|InvalidOperation|ProtocolError",
    ),
    (
        "unhandled-input",
        0.6,
        r"NotImplemented|Unsupported|IllegalArgument|ArgumentException|ArgumentError|InvalidArgument"
        r"|ValueError|UnexpectedValue|Validation|MatchException|BadRequest|BadArity|UnhandledMatch",
    ),
)

_CLASS_NAME = re.compile(r"\b[A-Z]\w*(?:Exception|Error)\b")
_TELLING = frozenset(
    {"permission", "missing-dependency", "configuration", "resource-exhaustion", "unbounded-recursion", "concurrency"}
)


def classify(crash_type: str, message: str) -> Family:
    """The family of an error.

    Words of the message that tell what had to change (permissions, settings, memory …) win over the class;
    then the class; then other words of the message.
    """
    text = message[:2000]
    said = next(
        ((category, sure) for category, sure, pattern in _MESSAGES if _compiled(pattern, re.IGNORECASE).search(text)),
        None,
    )
    if said is not None and said[0] in _TELLING:
        return _family(*said)
    name = crash_type[-200:]
    for category, sure, pattern in _CLASSES:
        if _compiled(pattern).search(name):
            if said is not None and sure < 0.8:
                return _family(*said)
            return _family(category, sure if said is None or said[0] == category else sure - 0.1)
    if said is not None:
        return _family(*said)
    for named in _CLASS_NAME.finditer(text):
        for category, sure, pattern in _CLASSES:
            if _compiled(pattern).search(named[0]):
                return _family(category, sure - 0.15)
    return _family("other", 0.2)


def _family(category: str, sure: float) -> Family:
    return Family(category, FIXES[category], round(sure, 2))


@cache
def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)
