"""Errors that Rust programs unwrap or return from ``main``, as ``Debug`` and ``Display`` print them."""

from crashlight_sdk.rules import Rule, rule

from . import proposals

ERROR_RULES: tuple[Rule, ...] = (
    rule(
        "rust/missing-variable",
        "configuration",
        "An environment variable that the program needs is not set ({message}).",
        "Set it in the environment of this deployment, or use a default with `unwrap_or_else`.",
        message=r"NotPresent|environment variable not found|NotUnicode",
        confidence=0.93,
    ),
    rule(
        "rust/number-syntax",
        "parsing-or-encoding",
        "Text that is parsed as a number in {place} is not one ({kind}).",
        "Trim and check the text, and handle the error of `parse`.",
        message=r"Parse(?:Int|Float)Error(?: \{ kind: (?P<kind>\w+) \})?|invalid digit found in string"
        r"|invalid float literal|cannot parse integer from empty string|ParseBoolError|CharTryFromError"
        r"|ParseCharError",
        confidence=0.94,
        propose=proposals.no_unwrap,
    ),
    rule(
        "rust/utf8",
        "parsing-or-encoding",
        "Bytes that are read as text in {place} are not UTF-8.",
        "Use `from_utf8_lossy`, or read them as bytes.",
        message=r"Utf8Error|FromUtf8Error|stream did not contain valid UTF-8|invalid utf-8",
        confidence=0.94,
    ),
    rule(
        "rust/json",
        "parsing-or-encoding",
        "A document does not have the form that is expected in {place}: {message}",
        "Look at the text at that line and column; make optional fields `Option` or give them a default.",
        message=r"expected value|EOF while parsing|missing field `(?P<field>[^`]+)`|unknown (?:field|variant) `"
        r"|invalid type: |trailing (?:characters|comma)|key must be a string|duplicate field|invalid value: "
        r"|TOML parse error|did not find expected|mapping values are not allowed|at line \d+ column \d+",
        confidence=0.88,
    ),
    rule(
        "rust/regex",
        "parsing-or-encoding",
        "A regular expression is not valid: {message}",
        "Correct the expression; the regex crate has no look-around and no back-references.",
        message=r"regex parse error|CompiledTooBig|Syntax\(",
        confidence=0.92,
    ),
    rule(
        "rust/date",
        "parsing-or-encoding",
        "A date or time cannot be read: {message}",
        "Use the format that the text has, and handle the error.",
        message=r"input contains invalid characters|premature end of input|ParseError\((?:Invalid|TooShort|BadFormat)"
        r"|invalid (?:date|time)|No such local time",
        confidence=0.82,
    ),
    rule(
        "rust/url",
        "parsing-or-encoding",
        "A URL or address cannot be parsed: {message}",
        "Check the text: an absolute URL needs a scheme, an address needs a port.",
        message=r"RelativeUrlWithoutBase|relative URL without a base|InvalidUri|AddrParseError|invalid (?:socket"
        r"|IP) address|EmptyHost|invalid port number",
        confidence=0.9,
    ),
    rule(
        "rust/system-time",
        "numeric",
        "Two times are subtracted in the wrong order: {message}",
        "Use `checked_duration_since`, or handle the error of `duration_since`.",
        message=r"SystemTimeError|second time provided was later|overflow when (?:sub|add)",
        confidence=0.85,
    ),
    rule(
        "rust/layout",
        "memory-corruption",
        "Unsafe code broke a rule of the language: {message}",
        "Look at the unsafe block of the culprit; run the test under Miri.",
        message=r"unsafe precondition\(s\) violated|misaligned pointer dereference|null pointer dereference occurred"
        r"|attempted to (?:leave|zero-initialize|instantiate)|is not valid at this position",
        confidence=0.9,
    ),
    rule(
        "rust/thread-limit",
        "resource-exhaustion",
        "No further thread could be started: {message}",
        "Bound the number of threads, or raise the limit of processes.",
        message=r"failed to spawn thread|Resource temporarily unavailable|os error 11\b|ThreadPoolBuildError",
        confidence=0.93,
    ),
    rule(
        "rust/linker",
        "missing-dependency",
        "A native library or tool that the build needs is missing: {message}",
        "Install it (with its development files), or point the build script to it.",
        message=r"pkg-config|could not find (?:native|system|openssl|library)|is `?(?:cmake|clang"
        r"|protoc)`? not installed|Unable to find libclang|linker `[^`]+` not found|failed to (?:run"
        r"|execute)(?: custom build)? command|program not found",
        confidence=0.85,
    ),
    rule(
        "rust/graphics",
        "missing-dependency",
        "No usable graphics device or display was found: {message}",
        "Install a driver, set DISPLAY or WAYLAND_DISPLAY, or choose another backend.",
        message=r"No (?:suitable|available) (?:adapter|video)|RequestAdapter|NoAvailablePixelFormat"
        r"|neither WAYLAND_DISPLAY|Failed to (?:initialize|open) (?:any backend|X11|display)|XOpenDisplay",
        confidence=0.6,
    ),
    rule(
        "rust/tls-provider",
        "configuration",
        "rustls has no crypto provider: {message}",
        "Install one at start-up with `CryptoProvider::install_default`, or enable one feature of it only.",
        message=r"CryptoProvider|crypto provider",
        confidence=0.8,
    ),
    rule(
        "rust/command-line",
        "configuration",
        "The definition or use of the command line is wrong: {message}",
        "Correct the arguments; clap names the one that it means.",
        message=r"Command \S+: |Argument .* (?:must|cannot|is not)|Mismatch between definition and access"
        r"|the following required arguments",
        confidence=0.7,
    ),
    rule(
        "rust/database",
        "network-or-timeout",
        "The database does not give a connection: {message}",
        "Check that it runs and can be reached, and the size of the pool.",
        message=r"PoolTimedOut|pool timed out|error communicating with database|error connecting to|Error\(Connect\)",
        confidence=0.82,
    ),
    rule(
        "rust/database-schema",
        "version-or-api-mismatch",
        "The database has another schema than the program expects: {message}",
        "Run the migrations that belong to this version.",
        message=r"no such (?:table|column)|relation \\?\"?\w+\\?\"? does not exist|VersionMissing|VersionMismatch"
        r"|migration \d+",
        confidence=0.82,
    ),
    rule(
        "rust/expect-configuration",
        "configuration",
        "The program did not find a setting that it needs: {message}",
        "Set it where this program is deployed.",
        message=r"(?i)(?:missing|no|set|need|expected?|required?) .{0,40}(?:\benv|variable|config|setting|api key"
        r"|token|credential|secret|argument)",
        confidence=0.72,
    ),
    rule(
        "rust/absent",
        "null-or-undefined",
        "A value that is expected in {place} is absent: {message}",
        "Handle None where the value comes from.",
        message=r"(?i)^(?:missing |could not find |couldn't find |expected some|must be (?:set|some|present)|none\b)"
        r"|should (?:exist|be (?:set|some|present))|does not exist|not (?:found|set|initialized|present)"
        r"|was None|is None",
        confidence=0.62,
    ),
    rule(
        "rust/unwrap-error",
        "unhandled-input",
        "`{call}` is called in {place} on an error: {error}",
        "Handle the error: return it with `?`, or say what to do in that case.",
        message=r"called `(?P<call>Result::(?:unwrap|expect)(?:_err)?\(\))` on an `(?:Err|Ok)` value: (?P<error>.*)",
        confidence=0.4,
        when=lambda facts: not _is_system(facts.cause.message),
    ),
)


def _is_system(message: str) -> bool:
    """Whether an error of the operating system is inside, for which there are rules of their own."""
    return "Os {" in message or "os error" in message
