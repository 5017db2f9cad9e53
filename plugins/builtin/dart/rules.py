"""The usual crashes of Dart and Flutter: the first rule that fits decides, in the order of the categories."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts, Rule


def _guard_null(facts: Facts) -> Iterator[Intent]:
    name = re.escape(facts["name"].rstrip("="))
    found = re.search(rf"(?P<owner>[A-Za-z_]\w*(?:[.!?]+\w+|\[[^\]]*\]|\([^()]*\))*?)(?:!)?\.{name}\b", facts.line)
    if found is None:
        found = re.search(r"(?P<owner>[A-Za-z_][\w.\[\]'\"]*)!", facts.line)
    if found:
        yield Intent("guard_none", f"Handle that {found['owner']} is null", args={"expression": found["owner"]})


def _text(facts: Facts) -> str:
    return f"{facts.cause.crash_type}: {facts.cause.message}"


RULES: tuple[Rule, ...] = (
    Rule(
        "dart/assertion", "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        type=r"Assertion failed|Failed assertion|AssertionError|_AssertionError|TestFailure",
        confidence=0.93,
    ),
    Rule(
        "dart/permission", "permission",
        "The program may not do this: {message}.",
        "Ask for the right, or declare it in the manifest.",
        message=r"(?i)permission denied|not permitted|permission[-_ ]denied|unauthorized|forbidden|\b40[13]\b",
    ),
    Rule(
        "dart/missing-plugin", "missing-dependency",
        "A plugin or library is not there: {message}.",
        "Stop and rebuild the app after adding a plugin; check that it supports this platform.",
        type=r"MissingPluginException|.*",
        message=r"No implementation found for method|Failed to load dynamic library|MissingPlugin",
        confidence=0.92,
    ),
    Rule(
        "dart/configuration", "configuration",
        "Something has to be set up first: {message}.",
        "Set it up before it is used (providers above the widget, assets in pubspec.yaml, initialisation in `main`).",
        message=(
            r"(?i)Unable to load asset|No Firebase App|could not find the correct Provider"
            r"|No MediaQuery|No Material widget|No Directionality|ServicesBinding|Binding has not yet been initialized"
            r"|environment variable|is not registered inside GetIt|not configured"
        ),
        confidence=0.85,
    ),
    Rule(
        "dart/resources", "resource-exhaustion",
        "The program ran out of memory or another resource: {message}.",
        "Find what grows or is held.",
        type=r"Out of Memory|OutOfMemoryError|.*",
        message=r"Out of Memory|No space left|Too many open files|^$",
        when=lambda facts: "emory" in _text(facts) or "space" in _text(facts) or "many" in _text(facts),
    ),
    Rule(
        "dart/recursion", "unbounded-recursion",
        "`{function}` calls itself without an end.",
        "Give the recursion an end.",
        type=r"Stack Overflow|StackOverflowError",
        confidence=0.97,
    ),
    Rule(
        "dart/concurrency", "concurrency",
        "Something was changed or used at the wrong time: {type} {message}.",
        "Change a copy while iterating; check `mounted` after an await; do not use what was disposed.",
        type=r"Concurrent modification during iteration|ConcurrentModificationError|.*",
        message=(
            r"(?i)after (?:it was |being |calling )?dispos|was used after|setState\(\) (?:called after"
            r"|or markNeedsBuild)|concurrent modification|has already been (?:listened"
            r"|completed)|already completed|defunct|^$"
        ),
        when=lambda facts: "oncurrent" in facts.cause.crash_type or bool(facts.cause.message),
        confidence=0.8,
    ),
    Rule(
        "dart/network", "network-or-timeout",
        "The connection failed: {message}.",
        "Check the peer, handle the failure, and retry with a limit.",
        type=(
            r"SocketException|HttpException|HandshakeException|TimeoutException|ClientException"
            r"|DioException|DioError|WebSocketException|TlsException|CertificateException"
        ),
        confidence=0.95,
    ),
    Rule(
        "dart/file", "io-or-filesystem",
        "The path does not exist or cannot be used: {message}.",
        "Check the path, or handle that it is absent.",
        type=r"FileSystemException|PathNotFoundException|PathAccessException|PathExistsException",
        confidence=0.93,
    ),
    Rule(
        "dart/format", "parsing-or-encoding",
        "The text is malformed: {message}",
        "Check the text before parsing it (`tryParse`), and handle the error.",
        type=r"FormatException|.*FormatException",
        confidence=0.95,
    ),
    Rule(
        "dart/numeric", "numeric",
        "The number cannot be handled: {type} {message}.",
        "Check the operands before the operation.",
        type=r"IntegerDivisionByZeroException|UnsupportedError|Unsupported operation",
        message=r"Infinity or NaN|^$|division",
        confidence=0.9,
    ),
    Rule(
        "dart/index", "missing-key-or-index",
        "The index or element does not exist: {message}.",
        "Check the length before the access.",
        type=r"RangeError(?: \([^)]*\))?|IndexError",
        confidence=0.93,
    ),
    Rule(
        "dart/no-element", "missing-key-or-index",
        "The collection has no such element: {message}.",
        "Handle the case that it is empty (`firstOrNull`, `orElse`).",
        type=r"Bad state|StateError",
        message=r"[Nn]o element|Too many elements|No such",
        confidence=0.93,
    ),
    Rule(
        "dart/null", "null-or-undefined",
        "A null value is used in {place}: {message}.",
        "Find out why it is null, and handle that: `?.`, `??`, or an earlier check.",
        type=(
            r"Null check operator.*|LateInitializationError|LateError|_CastError|_TypeError"
            r"|TypeError|NoSuchMethodError|type '(?:Null|\w+\?)'.*|.*"
        ),
        message=(
            r"(?i)null check operator|called on null|was called on null|type 'Null' is not"
            r"|has not been initialized|(?:method|getter|setter) '(?P<name>[^']+)' (?:was )?called on null"
            r"|Receiver: null|^$|of type 'String'"
        ),
        when=lambda facts: "ull" in _text(facts) or "Late" in facts.cause.crash_type,
        propose=_guard_null, confidence=0.93,
    ),
    Rule(
        "dart/type", "type-mismatch",
        "A value is of another type than the code expects: {type} {message}.",
        "Convert the value, or correct where it gets its type.",
        type=r"_?TypeError|_?CastError|type '.*|NoSuchMethodError|Invalid argument.*",
        confidence=0.83,
    ),
    Rule(
        "dart/layout", "assertion-or-invariant",
        "The widgets break a rule of the framework: {message}.",
        "Give the widget the constraints or the place that it needs.",
        type=r"FlutterError|.*",
        message=(
            r"RenderFlex|overflowed|unbounded|Incorrect use of ParentDataWidget|was given an infinite"
            r"|hasSize|BoxConstraints|Multiple widgets used the same GlobalKey|Duplicate GlobalKey"
        ),
        confidence=0.8,
    ),
    Rule(
        "dart/state", "assertion-or-invariant",
        "The object is not in the state that the call needs: {message}",
        "Do the calls in the order that the object expects.",
        type=r"Bad state|StateError|FlutterError",
        confidence=0.7,
    ),
    Rule(
        "dart/unsupported", "unhandled-input",
        "The case is not implemented or not supported: {message}",
        "Implement it, or use what supports it.",
        type=r"UnimplementedError|UnsupportedError|Unsupported operation|ArgumentError|Invalid argument(?:\(s\))?",
        confidence=0.78,
    ),
)  # fmt: skip
