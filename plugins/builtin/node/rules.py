"""The usual crashes of JavaScript programs: the first rule that fits decides, in the order of the categories."""

from crashlight_sdk.rules import Facts, Rule

from . import proposals


def _local(facts: Facts) -> bool:
    return facts["module"].startswith((".", "/", "file:")) or facts["module"][1:3] in (":\\", ":/")


RULES: tuple[Rule, ...] = (
    # The class is certain here, whatever words the message holds.
    Rule(
        "node/assertion-class", "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        type=r".*(?:Assert\w*|Invariant\w*|ConstraintError|DuplicateKey\w*)",
        confidence=0.93,
    ),
    Rule(
        "node/permission", "permission",
        "The operating system refused the operation: {message}.",
        "Give the user that runs the program the right, or use a path or port that it may use.",
        message=(
            r"\b(?:EACCES|EPERM|EROFS)\b|permission denied|PermissionDenied|Requires \w+ access to"
            r"|operation not permitted"
        ),
        confidence=0.95,
    ),
    Rule(
        "node/not-authorized", "permission",
        "The peer refused the request: {message}.",
        "Check the credentials and the rights that they have.",
        message=(
            r"(?i)\b40[13]\b|unauthori[sz]ed|forbidden|not authori[sz]ed|invalid (?:token|credentials)"
            r"|authentication failed|access denied|NotAllowedError|SecurityError|cross-origin"
        ),
        confidence=0.85,
    ),
    Rule(
        "node/missing-local-module", "missing-dependency",
        "The module `{module}` does not exist at the place where it is looked for.",
        "Correct the path (and the extension, for ES modules), or create the file; a build step may be missing.",
        message=r"Cannot find (?:module|package) '(?P<module>[^']+)'|Module not found.*?[\"'](?P<module2>[^\"']+)[\"']",
        when=_local, confidence=0.85,
    ),
    Rule(
        "node/missing-module", "missing-dependency",
        "The package `{module}` is not installed.",
        "Install `{module}` and add it to package.json.",
        message=(
            r"Cannot find (?:module|package) '(?P<module>[^']+)'|Module not found.*?[\"'](?P<module2>[^\"']+)[\"']"
            r"|Cannot resolve module '(?P<module3>[^']+)'|Failed to resolve import \"(?P<module4>[^\"]+)\""
            r"|Could not resolve \"(?P<module5>[^\"]+)\"|Unable to resolve module [`'\"]?(?P<module6>[\w@/.-]+)"
        ),
        propose=proposals.install, confidence=0.96,
    ),
    Rule(
        "node/missing-program", "missing-dependency",
        "The program `{program}` that was to be started is not installed or not on the PATH.",
        "Install `{program}`, or name its full path.",
        message=r"spawn (?P<program>\S+) ENOENT|(?P<program2>[\w.-]+): (?:command )?not found",
        confidence=0.95,
    ),
    Rule(
        "node/native-library", "missing-dependency",
        "A native library is missing: {message}.",
        "Install the system package that provides it, or rebuild the module on this machine.",
        message=(
            r"cannot open shared object file|Could not locate the bindings file|Something went wrong installing"
            r"|no native build was found|Could not load the \"[^\"]+\" module"
        ),
    ),
    Rule(
        "node/native-version", "version-or-api-mismatch",
        "A native module was built for another version of Node: {message}.",
        "Rebuild it (`npm rebuild`), or use the version of Node that it was built for.",
        message=(
            r"NODE_MODULE_VERSION|was compiled against a different|Module did not self-register|invalid ELF header"
            r"|incompatible architecture"
        ),
        confidence=0.95,
    ),
    Rule(
        "node/require-of-es-module", "version-or-api-mismatch",
        "An ES module is loaded with `require`, or the other way round: {message}.",
        "Use `import`, or install a version of the package that is published for CommonJS.",
        message=(
            r"ERR_REQUIRE_ESM|require\(\) of ES Module|Must use import to load ES Module"
            r"|Cannot use import statement outside a module"
            r"|require is not defined in ES module|exports is not defined in ES module|Unexpected token '?export'?"
            r"|module is not defined in ES module|ERR_PACKAGE_PATH_NOT_EXPORTED"
            r"|Package subpath .* is not defined by \"exports\""
        ),
        confidence=0.93,
    ),
    Rule(
        "node/missing-export", "version-or-api-mismatch",
        "`{module}` does not export `{name}`.",
        "Import what this version of the module exports, or install the version that has it.",
        message=(
            r"The requested module '(?P<module>[^']+)' does not provide an export named '(?P<name>[^']+)'"
            r"|Named export '(?P<name2>[^']+)' not found"
            r"|\"(?P<name3>[^\"]+)\" is not exported by \"(?P<module2>[^\"]+)\""
        ),
        confidence=0.93,
    ),
    Rule(
        "node/version", "version-or-api-mismatch",
        "Two versions do not fit together: {message}.",
        "Align the versions in package.json and install afresh.",
        message=(
            r"(?i)unsupported engine|requires a peer|incompatible (?:version|with)|version mismatch|has been removed in"
            r"|is deprecated and|no longer supported|digital envelope routines::unsupported|primordials is not defined"
            r"|Invalid hook call|Mismatched? (?:versions|anonymous)|(?:class extends value undefined)"
            r"|requires (?:at least )?(?:node"
            r"|version)|more than one copy of React"
        ),
        confidence=0.88,
    ),
    Rule(
        "node/not-a-constructor", "version-or-api-mismatch",
        "`{name}` is not a constructor: the module exports something else than the code expects.",
        "Check how the installed version exports it (default or named), and what the variable holds.",
        type="TypeError",
        message=r"(?P<name>[\w$.]+) is not a constructor",
        confidence=0.6,
    ),
    Rule(
        "node/environment-variable", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where the program is deployed.",
        message=(
            r"(?i)environment variable|missing (?:required )?(?:env|config|environment|api[- ]?key|secret)"
            r"|\.env\b|process\.env|(?:config|setting|option)[^.]{0,50}(?:missing|not (?:set|found|defined)"
            r"|required|invalid)|invalid (?:configuration|options object)|must be (?:set|provided|configured)"
            r"|not configured|bad option: |Unknown option|invalid (?:api|database) (?:key"
            r"|url)|No default engine was specified"
            r"|secretOrPrivateKey must have a value|SASL: .*password must be a string"
        ),
        confidence=0.85,
    ),
    Rule(
        "node/environment-read", "configuration",
        "An environment variable that {place} reads is not set.",
        "Set it where the program is deployed, or give it a default.",
        message=r"undefined|null|not valid|invalid",
        line=(
            r"process\.env\.(?P<name>\w+)|process\.env\[['\"](?P<name2>\w+)['\"]\]|import\.meta\.env\.(?P<name3>\w+)"
            r"|Deno\.env\.get\(['\"](?P<name4>\w+)"
        ),
        confidence=0.85,
    ),
    Rule(
        "node/out-of-memory", "resource-exhaustion",
        "The JavaScript heap ran out of memory: {message}.",
        ("Find what is kept alive (caches, listeners, arrays that grow), or process in parts; then raise "
         "--max-old-space-size if the use is right."),
        message=(
            r"heap out of memory|heap limit|Array buffer allocation failed|Cannot create a string longer"
            r"|Invalid (?:array|string|typed array) length|out of memory|Allocation failed"
        ),
        confidence=0.93,
    ),
    Rule(
        "node/too-many-files", "resource-exhaustion",
        "The process has too many files or watchers open: {message}.",
        "Close what is no longer needed, limit how many run at once, or raise the limit of the system.",
        message=(
            r"\b(?:EMFILE|ENFILE|ENOSPC|EDQUOT)\b|too many open files|no space left|file watchers|QuotaExceededError"
            r"|MaxListenersExceeded|Sorry, too many clients|pool is (?:probably )?full|ResourceRequest timed out"
        ),
        confidence=0.93,
    ),
    Rule(
        "node/recursion", "unbounded-recursion",
        "`{function}` calls itself without an end that this input reaches.",
        "Give the recursion a base case, or turn it into a loop.",
        message=(
            r"Maximum call stack size exceeded|too much recursion|Maximum update depth exceeded|Too many re-renders"
            r"|Stack overflow|stack size exceeded"
        ),
        confidence=0.97,
    ),
    Rule(
        "node/used-after-close", "concurrency",
        "Something was used after it was closed or finished: {message}.",
        "Await the work before closing, and answer each request once.",
        message=(
            r"write after end|after (?:the )?(?:connection|client|pool|server|stream|socket|database)? ?(?:was "
            r"|has been |is )?(?:closed|destroyed|ended)|Cannot (?:set|write|render|remove) headers after they are sent"
            r"|callback(?: was)? already called|Callback called multiple times|Cannot log after tests are done"
            r"|Transaction (?:is )?already|lock|deadlock|ERR_STREAM_(?:WRITE_AFTER_END|DESTROYED)|ERR_HTTP_HEADERS_SENT"
            r"|session (?:has )?ended|Topology is closed|Pool is closed"
        ),
        confidence=0.8,
    ),
    Rule(
        "node/database-constraint", "assertion-or-invariant",
        "A constraint of the database was violated: {message}.",
        "Check for the row before writing it, or handle the conflict.",
        message=(
            r"(?i)duplicate (?:key|entry)|unique constraint|foreign key constraint|violates|E11000|SQLITE_CONSTRAINT"
        ),
        confidence=0.85,
    ),
    Rule(
        "node/connection-refused", "network-or-timeout",
        "Nothing listens at {peer}: the connection was refused.",
        "Start the service or correct host and port; retry with a limit while it comes up.",
        message=r"ECONNREFUSED(?: (?P<peer>\S+))?",
        confidence=0.96,
    ),
    Rule(
        "node/port-in-use", "network-or-timeout",
        "The address {peer} is already in use.",
        "Stop the program that holds the port, or choose another one.",
        message=(
            r"EADDRINUSE(?:.*? (?P<peer>[\w:.*\[\]]+:\d+|/\S+))?|(?P<peer2>port \d+) is already|address already in use"
        ),
        confidence=0.88,
    ),
    Rule(
        "node/name-resolution", "network-or-timeout",
        "The host name {peer} could not be resolved.",
        "Check the host name and the network of the machine.",
        message=r"(?:ENOTFOUND|EAI_AGAIN)(?: (?P<peer>\S+))?",
        confidence=0.96,
    ),
    Rule(
        "node/network", "network-or-timeout",
        "The connection failed or was too slow: {message}.",
        "Check the peer, handle the failure, and retry with a limit.",
        message=(
            r"\bE(?:CONNRESET|TIMEDOUT|HOSTUNREACH|NETUNREACH|CONNABORTED|NETDOWN|SOCKET\w*)\b|ERR_(?:SOCKET"
            r"|NETWORK|CONNECTION|HTTP2|TLS|SSL)\w*|socket hang up|[Tt]imed? ?out|[Tt]imeout|fetch failed"
            r"|[Nn]etwork (?:[Ee]rror|request failed)|Failed to fetch|[Cc]onnection (?:lost|terminated"
            r"|closed|refused|reset|error|was|to)|certificate|self.signed|status code 5\d\d|Lost connection"
            r"|getaddrinfo|no pg_hba|server (?:closed|is closed)|disconnected|Bad Gateway|Service Unavailable"
            r"|WebSocket|net::ERR|Load failed|Navigation"
        ),
        confidence=0.88,
    ),
    Rule(
        "node/http-status", "network-or-timeout",
        "The peer answered with an error: {message}.",
        "Check the request that is sent and what the peer says of it, and handle this answer.",
        message=(
            r"status code [45]\d\d|\b(?:404|429|50\d) (?:Not Found|Too Many|Internal)"
            r"|HTTP (?:error|status)[^\d]{0,10}[45]\d\d"
        ),
        confidence=0.8,
    ),
    Rule(
        "node/network-class", "network-or-timeout",
        "The connection failed or was too slow: {message}",
        "Check the peer, handle the failure, and retry with a limit.",
        type=(
            r".*(?:Timeout\w*|NetworkError|FetchError|ConnectionError|ConnectError|ConnectTimeoutError"
            r"|AxiosError|RequestError|SocketError|MongoNetworkError|MongoServerSelectionError|AbortError"
            r"|HTTPError|ConnectionClosedError)"
        ),
        confidence=0.85,
    ),
    Rule(
        "node/missing-file", "io-or-filesystem",
        "The file or directory {path} does not exist.",
        "Check the path (relative ones start at the working directory), or handle that it is absent.",
        message=r"ENOENT(?:.*?(?P<path>'[^']+'))?|no such file or directory",
        confidence=0.95,
    ),
    Rule(
        "node/file-system", "io-or-filesystem",
        "A path or pipe was not as expected: {message}.",
        "Check before use, and handle this case.",
        message=(
            r"\bE(?:EXIST|ISDIR|NOTDIR|NOTEMPTY|PIPE|BUSY|LOOP|XDEV|BADF|IO|NAMETOOLONG)\b|ERR_(?:FS|INVALID_FILE_URL"
            r"|FILE)\w*|premature close|Failed to (?:open|lookup view)|Template .* not found"
        ),
        confidence=0.92,
    ),
    Rule(
        "node/json", "parsing-or-encoding",
        "The text is not valid JSON: {message}.",
        "Check what was received before parsing it (it may be empty or an error page), and handle the error.",
        type="SyntaxError|.*ParseError|FetchError|Error",
        message=(
            r"in JSON|JSON(?: at|\.parse| input| Parse)|is not valid JSON|Expected .* in JSON"
            r"|Unexpected end of (?:JSON )?input"
            r"|JSON"
        ),
        propose=proposals.empty_json, confidence=0.94,
    ),
    Rule(
        "node/syntax", "parsing-or-encoding",
        "The source is not valid JavaScript: {message}.",
        "Correct the syntax at the marked place; a new construct may need a newer engine or a compile step.",
        type="SyntaxError",
        confidence=0.88,
    ),
    Rule(
        "node/malformed", "parsing-or-encoding",
        "The text is malformed: {message}.",
        "Check the text before it is parsed, and handle what is malformed.",
        message=(
            r"(?i)invalid (?:url|date|time value|regular expression|character|base64|hex|xml|yaml|uuid"
            r"|utf-8|json|identifier|token)|URI malformed|malformed|parse error|parsing error|unexpected (?:token"
            r"|character|end of|eof|identifier|string|number)|unterminated|failed to parse|cannot parse"
            r"|could not parse|unable to parse|bad (?:indentation|control character)|incorrect header check"
            r"|invalid (?:stored block|code lengths|signature|header)|unsupported (?:image format|encoding)"
            r"|YAMLException|not well-formed|FST_ERR_CTP|bad escape|\"undefined\" is not valid"
        ),
        confidence=0.86,
    ),
    Rule(
        "node/number-range", "numeric",
        "A number is outside the range of the operation: {message}.",
        "Check the number before the call.",
        type="RangeError",
        message=(
            r"toFixed|toString\(\) radix|precision|BigInt|[Dd]ivision by zero|digits|NaN|not (?:an? )?(?:safe )?integer"
            r"|Invalid count value|out of (?:range|bounds)|must be (?:>=|<=|between)|fractionDigits"
            r"|[Ii]nvalid (?:typed )?array length"
        ),
        propose=proposals.no_negative_length, confidence=0.82,
    ),
    Rule(
        "node/bigint", "numeric",
        "A number cannot be handled as it is: {message}.",
        "Convert it explicitly, and check that it is a finite whole number.",
        message=r"Division by zero|Cannot (?:mix|convert) .*BigInt|cannot be converted to a BigInt|NaN\b",
        confidence=0.85,
    ),
    Rule(
        "node/property-of-absent", "null-or-undefined",
        "The value whose `{name}` is used is {absent}.",
        "Find out why it is {absent}, and handle that: optional chaining (`?.`), a default, or an earlier check.",
        type="TypeError",
        message=(
            r"Cannot (?:read|set) propert(?:y|ies) (?:'(?P<name>[^']*)' )?of (?P<absent>null|undefined)(?: \((?:reading"
            r"|setting) '(?P<name2>[^']*)'\))?"
        ),
        propose=proposals.guard_absent, confidence=0.97,
    ),
    Rule(
        "node/absent-elsewhere", "null-or-undefined",
        "A value is null or undefined where one is needed: {message}.",
        "Find out why it is absent and handle that before it is used.",
        message=(
            r"is (?:null|undefined)(?:\b|$)|(?:null|undefined) is not (?:an object|a function"
            r"|iterable)(?: \(evaluating '(?P<expression>[^']*)'\))?"
            r"|of undefined or null"
            r"|Cannot (?:destructure|convert undefined|access|use 'in')[^']*(?:'[^']*' )?(?:as it is "
            r"|of |property )?.*(?:undefined|null)|undefined or null|[Rr]eceived (?:undefined|null)|got (?:`?undefined"
            r"|`?null)|null or undefined|cannot be (?:null|undefined)"
        ),
        confidence=0.9,
    ),
    Rule(
        "node/before-initialization", "null-or-undefined",
        "`{name}` is used before it is initialised: by order, or because modules import each other in a circle.",
        "Move the use after the declaration, or break the circle of imports.",
        type="ReferenceError",
        message=(
            r"Cannot access '(?P<name>[^']+)' before initialization|can't access lexical declaration '(?P<name2>[^']+)'"
            r"|must call super"
        ),
        confidence=0.9,
    ),
    Rule(
        "node/undefined-name", "null-or-undefined",
        "The name `{name}` is not defined here.",
        "Declare or import `{name}`, or correct its spelling.",
        type="ReferenceError",
        message=(
            r"(?P<name>[\w$.]+) is not defined|Can't find variable: (?P<name2>[\w$]+)|invalid assignment"
            r"|(?P<name3>[\w$]+) is not"
        ),
        propose=proposals.name_or_import, confidence=0.93,
    ),
    Rule(
        "node/constant", "type-mismatch",
        "`{name}` is a constant or read-only and is assigned again.",
        "Declare it with `let`, or use a new variable.",
        type="TypeError",
        message=(
            r"[Aa]ssignment to constant variable|Cannot assign to read only property '(?P<name>[^']+)'"
            r"|Attempted to assign to readonly|which has only a getter|object is not extensible"
            r"|invalid assignment to const '(?P<name2>[^']+)'"
        ),
        line=r"(?P<name4>[A-Za-z_$][\w$]*)\s*(?:[-+*/%]?=|\+\+|--)|",
        propose=proposals.let_for_const, confidence=0.9,
    ),
    Rule(
        "node/promise-used", "type-mismatch",
        "A promise is used as if it were its result: `await` is missing.",
        "Await the call.",
        type="TypeError",
        message=r"Promise|Received an instance of Promise|async",
        propose=proposals.await_it, confidence=0.75,
    ),
    Rule(
        "node/not-a-function", "type-mismatch",
        "`{name}` is not a function.",
        "Check the spelling, how the module exports it, and what the value is at this point.",
        type="TypeError",
        message=(
            r"(?P<name>[\w$.\[\]()'\" ]+?) is not a function|has no method '(?P<name2>[^']+)'"
            r"|(?P<name3>[\w$.]+) is not callable"
        ),
        propose=proposals.guard_called, confidence=0.9,
    ),
    Rule(
        "node/class-without-new", "type-mismatch",
        "The class `{name}` is called like a function.",
        "Write `new {name}(…)`.",
        type="TypeError",
        message=r"[Cc]lass constructor (?P<name>[\w$]+) cannot be invoked without 'new'",
        propose=proposals.new_class, confidence=0.95,
    ),
    Rule(
        "node/not-iterable", "type-mismatch",
        "`{name}` is not iterable.",
        "Check that it is an array or another iterable; an object needs `Object.entries`.",
        type="TypeError",
        message=(
            r"(?P<name>[\w$.\[\]()'\" ]+?) is not iterable|Spread syntax requires|not a generator"
            r"|Found non-callable @@iterator"
        ),
        propose=proposals.default_list, confidence=0.9,
    ),
    Rule(
        "node/circular-json", "type-mismatch",
        "The object refers to itself and cannot be written as JSON.",
        "Write only the fields that are needed, or use a replacer.",
        message=(
            r"circular structure to JSON|Converting circular|cyclic object value|serialize a BigInt|could not be cloned"
        ),
        confidence=0.85,
    ),
    Rule(
        "node/argument-type", "type-mismatch",
        "An argument has the wrong type: {message}.",
        "Convert it, or correct where it gets its value.",
        message=(
            r"ERR_INVALID_ARG_TYPE|argument must be of type|must be (?:an? )?(?:string|function|number"
            r"|object|array|instance|buffer)|Received (?:type|an instance)|[Ii]nvalid (?:argument type"
            r"|type)|is not an? (?:object|string|number|array|valid|instance)|[Ee]xpected .{1,60} (?:to be"
            r"|but got|instead got)|Cannot create property|Reflect\.|Illegal invocation|parameter \d+ is not of type"
        ),
        type=".*TypeError|Error|AssertionError|.*Invariant.*",
        confidence=0.8,
    ),
    Rule(
        "node/assertion", "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        type=(
            r".*(?:Assert\w*Error|AssertionError|Invariant Violation|InvariantError|AssertionError2|JestAssertionError)"
            r"|.*"
        ),
        message=(
            r"^(?:expect\(|assert|expected )|Invariant|Hydration failed|[Aa]ssert(?:ion)?"
            r"|invariant|deep-?equal|strictly (?:deep-)?equal"
            r"|to (?:be|equal|deep|have|match|throw)\b"
        ),
        confidence=0.9,
    ),
    Rule(
        "node/dom", "unhandled-input",
        "The document is not as the code expects: {message}.",
        "Check that the node is there and still where it was before using it.",
        type=r"DOMException|NotFoundError|HierarchyRequestError|InvalidStateError",
        confidence=0.6,
    ),
    Rule(
        "node/type-error", "type-mismatch",
        "A value is of another type than the code expects: {message}.",
        "Check what the value is at this point, and correct where it comes from.",
        type="TypeError",
        confidence=0.75,
    ),
    Rule(
        "node/validation", "unhandled-input",
        "The input does not have the form that is required: {message}",
        "Correct the input, or handle the validation error where it comes in.",
        type=r".*(?:Validation\w*|CastError|ZodError|BadRequest\w*|UserInputError|ArgumentError)|RangeError",
        confidence=0.65,
    ),
    Rule(
        "node/unhandled-case", "unhandled-input",
        "The program met a case that it does not handle: {message}.",
        "Handle this case, or reject the input earlier with a clear message.",
        message=(
            r"(?i)not (?:implemented|supported|recogni[sz]ed|allowed)|unsupported|unknown (?:type|command"
            r"|option|action|event|format|node)|unexpected|invalid|unhandled|illegal|cannot be|must not"
            r"|does not exist|no matching"
        ),
        confidence=0.55,
    ),
)  # fmt: skip
