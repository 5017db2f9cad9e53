"""The usual crashes of Ruby programs: the first rule that fits decides, in the order of the categories."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts, Rule
from crashlight_sdk.similar import closest

_CHAIN = r"@{0,2}[A-Za-z_]\w*[?!]?(?:&?\.[a-z_]\w*[?!]?|\[[^\[\]]*\]|\([^()]*\))*"


def _install(facts: Facts) -> Iterator[Intent]:
    package = facts["module"].replace("/", "-")
    if re.fullmatch(r"[\w-]+", package):
        yield Intent("add_dependency", f"Add the gem {package}", args={"package": package})


def _guard_nil(facts: Facts) -> Iterator[Intent]:
    name = re.escape(facts["name"])
    found = re.search(rf"(?P<owner>{_CHAIN})\.{name}(?!\w)", facts.line)
    if found is None and facts["name"] == "[]":
        found = re.search(rf"(?P<owner>{_CHAIN})\[", facts.line)
    if found:
        yield Intent("guard_none", f"Handle that {found['owner']} is nil", args={"expression": found["owner"]})


def _rename(facts: Facts) -> Iterator[Intent]:
    old = facts["name"]
    text = f"{facts.cause.message}\n{facts.cause.details}"
    said = re.search(r"Did you mean\?\s+[:@]*(?P<name>\w+[?!]?)", text)
    names = set()
    if facts.excerpt is not None:
        here = facts.excerpt.culprit_line - facts.excerpt.first_line
        names = {
            name
            for index, line in enumerate(facts.excerpt.lines)
            if index != here
            for name in re.findall(r"[A-Za-z_]\w*", line[:1000])
        }
    new = said["name"] if said else closest(old, names)
    if new and new != old and old in facts.line:
        yield Intent("rename_to", f"Rename {old} to {new}", args={"old": old, "new": new})


def _guard_zero(facts: Facts) -> Iterator[Intent]:
    found = re.search(rf"[/%]=?\s*(?P<divisor>\([^()]+\)|{_CHAIN})", facts.line)
    if found:
        yield Intent("guard_zero", f"Handle that {found['divisor']} is zero", args={"divisor": found["divisor"]})


def _convert(facts: Facts) -> Iterator[Intent]:
    found = re.search(rf"[\"']\s*\+\s*(?P<value>{_CHAIN})", facts.line)
    if found and facts["to"] == "String":
        args = {"expression": found["value"], "function": "to_s"}
        yield Intent("convert", f"Convert {found['value']} with to_s", args=args)


def _guard_key(facts: Facts) -> Iterator[Intent]:
    found = re.search(rf"(?P<owner>{_CHAIN})\.fetch\((?P<key>[^(),]+)\)", facts.line)
    if found:
        args = {"collection": found["owner"], "key": found["key"]}
        yield Intent("guard_key", f"Handle that {found['key']} is not in {found['owner']}", args=args)


def _add_require(facts: Facts) -> Iterator[Intent]:
    module = _REQUIRES.get(facts["name"])
    if module:
        yield Intent("add_import", f"Require {module}", args={"module": module})


_REQUIRES = {
    "JSON": "json", "Set": "set", "Date": "date", "DateTime": "date", "Time": "time", "YAML": "yaml", "CSV": "csv",
    "OpenStruct": "ostruct", "Net": "net/http", "URI": "uri", "Pathname": "pathname", "FileUtils": "fileutils",
    "Tempfile": "tempfile", "Timeout": "timeout", "Logger": "logger", "Digest": "digest", "SecureRandom":
    "securerandom", "Benchmark": "benchmark", "StringIO": "stringio", "Open3": "open3", "Socket": "socket",
    "ERB": "erb", "Shellwords": "shellwords", "BigDecimal": "bigdecimal", "Forwardable": "forwardable",
    "Singleton": "singleton", "Observable": "observer", "OptionParser": "optparse", "Base64": "base64",
    "Zlib": "zlib", "Matrix": "matrix", "Prime": "prime", "PP": "pp", "Monitor": "monitor", "OpenSSL": "openssl",
}  # fmt: skip


RULES: tuple[Rule, ...] = (
    # The class is certain here, whatever words the message holds.
    Rule(
        "ruby/assertion", "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        type=r".*(?:ExpectationNotMetError|Assertion|AssertionFailedError|UnexpectedError|MockExpectationError)",
        confidence=0.95,
    ),
    Rule(
        "ruby/permission", "permission",
        "The operating system or policy refused the operation: {message}.",
        "Give the program the right, or use a path that it may use.",
        type=(
            r"Errno::(?:EACCES|EPERM|EROFS)|.*(?:NotAuthorizedError|AccessDenied|Unauthorized"
            r"|Forbidden|FilePermissionError)"
        ),
        confidence=0.95,
    ),
    Rule(
        "ruby/missing-file-required", "missing-dependency",
        "`{module}` cannot be loaded: no such file or gem is installed.",
        "Add the gem to the Gemfile and install it, or correct the path of the `require`.",
        type=r"LoadError",
        message=r"(?:cannot load such file|no such file to load) -- (?P<module>\S+)",
        propose=_install, confidence=0.95,
    ),
    Rule(
        "ruby/missing-gem", "missing-dependency",
        "A gem is missing: {message}.",
        "Run `bundle install`, or add the gem to the Gemfile.",
        type=r".*(?:Gem::(?:Missing\w*|LoadError)|Bundler::GemNotFound|GemNotFound|LoadError|PathError)",
        message=(
            r"[Cc]ould not find|not (?:currently )?(?:found|included|installed|part of the bundle)"
            r"|cannot open shared object|is not part of|^(?!.*already activated)"
        ),
        confidence=0.88,
    ),
    Rule(
        "ruby/missing-command", "missing-dependency",
        "The program that was to be started is not installed: {message}.",
        "Install it, or name its full path.",
        type="Errno::ENOENT",
        message=r"No such file or directory - (?P<name>[\w.-]+)$",
        confidence=0.85,
    ),
    Rule(
        "ruby/version", "version-or-api-mismatch",
        "Versions do not fit together: {message}.",
        "Align the versions in the Gemfile and run `bundle update` for that gem.",
        message=(
            r"Unable to activate|conflicts with|already activated|requires? (?:ruby|rubygems"
            r"|bundler) version|incompatible (?:library )?version"
            r"|is incompatible with|Bundler could not find compatible|has been removed"
            r"|was removed in|no longer supported|Your Ruby version is"
        ),
        confidence=0.92,
    ),
    Rule(
        "ruby/arguments", "version-or-api-mismatch",
        "`{function}` was called with the wrong arguments: {message}.",
        "Make the call fit the signature; keyword arguments are strict since Ruby 3.",
        type="ArgumentError",
        message=r"wrong number of arguments|missing keywords?|unknown keywords?|no keywords accepted",
        confidence=0.78,
    ),
    Rule(
        "ruby/environment-variable", "configuration",
        "The environment variable {key} is not set.",
        "Set it where the program is deployed, or give `fetch` a default.",
        type="KeyError",
        message=r"key not found: (?P<key>\"[A-Z][A-Z0-9_]+\")",
        when=lambda facts: "ENV" in facts.line or not facts.line,
        propose=_guard_key, confidence=0.85,
    ),
    Rule(
        "ruby/configuration", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where this program is deployed.",
        type=(
            r".*(?:AdapterNotSpecified|AdapterNotFound|ConfigurationError|Config\w*Error"
            r"|InvalidKeyError|MissingKeyError|MissingSecret\w*|InvalidConfiguration\w*"
            r"|NoDatabaseError|MissingCredentials\w*|MissingRegionError|MissingOption\w*"
            r"|InvalidOption)"
        ),
        confidence=0.88,
    ),
    Rule(
        "ruby/configuration-message", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where this program is deployed.",
        message=(
            r"(?i)secret_key_base|environment variable|database configuration|not configured"
            r"|config(?:uration)?[^.]{0,50}(?:missing|not (?:set|found)|invalid|required)"
            r"|(?:api|access) key|master\.key|Blocked host|hosts? (?:is|was) not allowed"
        ),
        confidence=0.85,
    ),
    Rule(
        "ruby/memory", "resource-exhaustion",
        "A resource of the machine ran out: {message}.",
        "Find what keeps it, close what is no longer needed, then raise the limit if the use is right.",
        type=(
            r"NoMemoryError|Errno::(?:ENOSPC|EMFILE|ENFILE|ENOMEM|EAGAIN)|.*(?:ConnectionTimeoutError"
            r"|QuotaExceeded\w*)|ThreadError"
        ),
        message=(
            r"memory|space|open files|could not obtain a (?:database )?connection|can't create Thread"
            r"|temporarily|pool|"
        ),
        when=lambda facts: facts.cause.crash_type != "ThreadError" or "create" in facts.cause.message,
        confidence=0.9,
    ),
    Rule(
        "ruby/recursion", "unbounded-recursion",
        "`{function}` calls itself without an end that this input reaches.",
        "Give the recursion a base case, or turn it into a loop.",
        type="SystemStackError",
        confidence=0.98,
    ),
    Rule(
        "ruby/concurrency", "concurrency",
        "Threads or transactions got in each other's way: {message}.",
        "Use one lock order, retry the transaction, and use objects only in the thread that owns them.",
        type=(
            r"ThreadError|FiberError|fatal|.*(?:Deadlock\w*|StaleObjectError|LockWaitTimeout"
            r"|SerializationFailure|BusyException|ClosedQueueError|Ractor::\w+)"
        ),
        confidence=0.88,
    ),
    Rule(
        "ruby/changed-while-iterated", "concurrency",
        "A hash was changed while it was iterated.",
        "Iterate over a copy, or collect the changes and apply them afterwards.",
        message=r"can't add a new key into hash during iteration|modified during iteration|deadlock",
        confidence=0.85,
    ),
    Rule(
        "ruby/network", "network-or-timeout",
        "The connection failed: {message}.",
        "Check that the peer runs and can be reached; handle the failure and retry with a limit.",
        type=(
            r"Errno::(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EADDRINUSE"
            r"|ECONNABORTED|EADDRNOTAVAIL)|SocketError|.*(?:Timeout\w*|TimeoutError|OpenTimeout"
            r"|ReadTimeout|ConnectionFailed|ConnectionError|ConnectionNotEstablished"
            r"|ConnectionBad|SSLError|CannotConnectError|ServerError|BadGateway|ServiceUnavailable"
            r"|HTTPError|HTTPServerException|HTTPFatalError|HostUnreachable|ResolutionError"
            r"|ClosedStreamError|NoServersAvailable|StatementTimeout|TooManyRequests)"
        ),
        confidence=0.92,
    ),
    Rule(
        "ruby/missing-path", "io-or-filesystem",
        "The path does not exist or is not as expected: {message}.",
        "Check the path before use, or handle that it is absent.",
        type=(
            r"Errno::(?:ENOENT|EEXIST|EISDIR|ENOTDIR|ENOTEMPTY|EPIPE|EIO|ENAMETOOLONG"
            r"|EBADF)|IOError|EOFError|.*(?:MissingTemplate|FileNotFound\w*|MissingFile)"
        ),
        confidence=0.9,
    ),
    Rule(
        "ruby/number-from-text", "parsing-or-encoding",
        "The text {text} is not a number or date.",
        "Check or clean the text before converting it, and handle the error.",
        type=r"ArgumentError|Date::Error|.*ParseError",
        message=(
            r"invalid value for \w+(?:\(\))?: (?P<text>.*)|(?P<text2>invalid (?:date"
            r"|radix|byte sequence)\b.*)|(?P<text3>no time information.*)|(?P<text4>argument out of range)"
        ),
        confidence=0.9,
    ),
    Rule(
        "ruby/malformed", "parsing-or-encoding",
        "The data is malformed: {message}",
        "Check the data before parsing it, and handle the error.",
        type=(
            r"SyntaxError|.*(?:ParserError|ParseError|SyntaxError|MalformedCSVError|Encoding::\w+"
            r"|EncodingError|InvalidURIError|RegexpError|InvalidByteSequenceError|UndefinedConversionError"
            r"|CompatibilityError|DecodeError|GzipFile::Error|Zlib::\w+|InvalidJSON\w*"
            r"|NestingError|BadURIError|DisallowedClass|BadAlias|InvalidSignature|InvalidMessage"
            r"|StatementInvalid)"
        ),
        when=lambda facts: "StatementInvalid" not in facts.cause.crash_type or "syntax" in facts.cause.message,
        confidence=0.88,
    ),
    Rule(
        "ruby/database-schema", "version-or-api-mismatch",
        "The database is not as the code expects: {message}.",
        "Run the pending migrations, or correct the name.",
        message=(
            r"(?i)(?:relation|column|table) \S+ does(?:n't| not) exist|no such (?:table"
            r"|column)|Unknown column|Migrations are pending|UndefinedTable|UndefinedColumn"
            r"|PendingMigration"
        ),
        confidence=0.82,
    ),
    Rule(
        "ruby/numeric", "numeric",
        "The number cannot be handled: {message}.",
        "Check the operands before the operation.",
        type=r"ZeroDivisionError|FloatDomainError|Math::DomainError|RangeError",
        propose=_guard_zero, confidence=0.93,
    ),
    Rule(
        "ruby/missing-key", "missing-key-or-index",
        "What was looked up is not there: {message}",
        "Check that it exists, or use a lookup with a default.",
        type=(
            r"KeyError|IndexError|StopIteration|.*(?:RecordNotFound|RecordNotUnique|DocumentNotFound"
            r"|NotFound|ParameterMissing|RoutingError|UnknownAttributeError|UnknownKey"
            r"|UrlGenerationError)"
        ),
        propose=_guard_key, confidence=0.88,
    ),
    Rule(
        "ruby/nil", "null-or-undefined",
        "`{name}` is called on nil.",
        "Find out why it is nil, and handle that: `&.`, a default, or an earlier check.",
        type="NoMethodError|ActionView::Template::Error",
        message=r"undefined method [`'](?P<name>[^`']+)' for nil|private method [`'](?P<name2>[^`']+)' called for nil",
        propose=_guard_nil, confidence=0.97,
    ),
    Rule(
        "ruby/nil-converted", "null-or-undefined",
        "nil is used where a value is needed: {message}.",
        "Find out why it is nil, and handle that before it is used.",
        message=(
            r"no implicit conversion (?:of|from) nil|nil can't be coerced|can't convert nil"
            r"|comparison of .* with nil|nil is not|bad value for range|from nil to|\bnil given"
            r"|for nil\b"
        ),
        confidence=0.93,
    ),
    Rule(
        "ruby/missing-require", "missing-dependency",
        "The constant `{name}` of the standard library is not loaded.",
        "Add the `require` that defines it.",
        type="NameError",
        message=r"uninitialized constant (?:\w+::)*?(?P<name>[A-Z]\w*)",
        when=lambda facts: facts["name"] in _REQUIRES,
        propose=_add_require, confidence=0.75,
    ),
    Rule(
        "ruby/undefined-name", "null-or-undefined",
        "`{name}` is not defined here.",
        "Define or require it, or correct its spelling.",
        type="NameError|.*::NameError|ActionView::Template::Error",
        message=(
            r"undefined local variable or method [`'](?P<name>[^`']+)'|uninitialized constant (?P<name2>[\w:]+)"
            r"|undefined (?:method|constant) [`'](?P<name3>[^`']+)' for class"
            r"|uninitialized class variable (?P<name4>\S+)"
            r"|wrong constant name (?P<name5>\S+)"
        ),
        propose=_rename, confidence=0.88,
    ),
    Rule(
        "ruby/missing-method", "type-mismatch",
        "`{name}` is called on an object that has no such method: {message}.",
        "Check the spelling, and that the object is of the class that the code expects.",
        type="NoMethodError|ActionView::Template::Error",
        message=(
            r"undefined (?:private )?method [`'](?P<name>[^`']+)'|(?:private|protected) method [`'](?P<name2>[^`']+)'"
            r"|super: no superclass method [`'](?P<name3>[^`']+)'"
        ),
        propose=_rename, confidence=0.85,
    ),
    Rule(
        "ruby/type", "type-mismatch",
        "A value is of another type than the operation takes: {message}.",
        "Convert the value, or correct where it gets its type.",
        type="TypeError|ArgumentError|.*::TypeError",
        message=(
            r"(?:no implicit conversion|can't be coerced|can't convert|cannot convert) ?"
            r"(?:of \S+ )?(?:into (?P<to>\w+))?"
            r"|comparison of|is not a (?:class|module|symbol)|wrong argument type|superclass mismatch"
            r"|not a valid"
        ),
        propose=_convert, confidence=0.9,
    ),
    Rule(
        "ruby/frozen", "type-mismatch",
        "A frozen object was to be changed: {message}.",
        "Change a copy (`dup`), or do not freeze it.",
        type="FrozenError|RuntimeError",
        message=r"can't modify frozen",
        confidence=0.75,
    ),
    Rule(
        "ruby/validation", "assertion-or-invariant",
        "A record does not pass the checks of its model or table: {message}.",
        "Correct the values, or handle the failure where they come in.",
        type=(
            r".*(?:RecordInvalid|RecordNotSaved|NotNullViolation|InvalidForeignKey|RecordNotDestroyed"
            r"|ValidationFailed|ConstraintException)"
        ),
        confidence=0.75,
    ),
    Rule(
        "ruby/unhandled-case", "unhandled-input",
        "The program met a case that it does not handle: {message}",
        "Handle this case, or reject the input earlier with a clear message.",
        type=(
            r"NotImplementedError|NoMatchingPattern\w*|.*(?:InvalidAuthenticityToken"
            r"|UnknownFormat|UnknownAction|BadRequest|UnknownHttpMethod|OptionParser::\w+"
            r"|UncaughtThrowError)"
        ),
        confidence=0.75,
    ),
)  # fmt: skip
