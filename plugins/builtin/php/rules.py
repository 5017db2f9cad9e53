"""The usual crashes of PHP programs: the first rule that fits decides, in the order of the categories."""

import re
from collections.abc import Iterator

from crashlight_sdk import Intent
from crashlight_sdk.rules import Facts, Rule
from crashlight_sdk.similar import closest

_CHAIN = r"\$[A-Za-z_]\w*(?:\??->\w+(?:\([^()]*\))?|\[[^\[\]]*\]|::\w+)*"


def _guard_null(facts: Facts) -> Iterator[Intent]:
    found = re.search(rf"(?P<owner>{_CHAIN})->{re.escape(facts['name'])}\b", facts.line) if facts["name"] else None
    if found:
        yield Intent("guard_none", f"Handle that {found['owner']} is null", args={"expression": found["owner"]})


def _guard_zero(facts: Facts) -> Iterator[Intent]:
    found = re.search(
        rf"[/%]=?\s*(?P<divisor>\([^()]+\)|{_CHAIN})|(?:intdiv|fmod)\([^,]+,\s*(?P<second>[^)]+)\)", facts.line
    )
    if found:
        divisor = found["divisor"] or found["second"]
        yield Intent("guard_zero", f"Handle that {divisor} is zero", args={"divisor": divisor})


def _guard_key(facts: Facts) -> Iterator[Intent]:
    found = re.search(r"(?P<owner>\$[\w>-]+)\[(?P<key>[^\[\]]+)\]", facts.line)
    if found:
        args = {"collection": found["owner"], "key": found["key"]}
        yield Intent("guard_key", f"Handle that {found['key']} is not in {found['owner']}", args=args)


def _empty_json(facts: Facts) -> Iterator[Intent]:
    found = re.search(r"json_decode\((?P<text>\$\w+)", facts.line)
    if found:
        args = {"condition": f"{found['text']} === ''", "value": "[]"}
        yield Intent("leave_when", f"Handle that {found['text']} is empty", args=args)


def _rename(facts: Facts) -> Iterator[Intent]:
    old = facts["name"].rpartition("\\")[2].removeprefix("$")
    if facts.excerpt is None or old not in facts.line:
        return
    here = facts.excerpt.culprit_line - facts.excerpt.first_line
    names = {
        name
        for index, line in enumerate(facts.excerpt.lines)
        if index != here
        for name in re.findall(r"[A-Za-z_]\w*", line[:1000])
    }
    new = closest(old, names)
    if new:
        yield Intent("rename_to", f"Rename {old} to {new}", args={"old": old, "new": new})


RULES: tuple[Rule, ...] = (
    # The class is certain here, whatever words the message holds.
    Rule(
        "php/assertion", "assertion-or-invariant",
        "The check in {place} failed: {message}",
        "Compare what the check expects with what the program did.",
        type=r".*(?:AssertionError|ExpectationFailedException|AssertionFailedError|ComparisonFailure)",
        confidence=0.95,
    ),
    Rule(
        "php/permission", "permission",
        "The program may not do this: {message}.",
        "Give the user that runs PHP the right, or use a path that it may use.",
        message=(
            r"[Pp]ermission denied|open_basedir|Access denied|not authori[sz]ed|This action is unauthorized"
            r"|Operation not permitted|[Ff]orbidden|not writable|Unauthenticated"
        ),
        confidence=0.92,
    ),
    Rule(
        "php/missing-class", "missing-dependency",
        "The class `{name}` cannot be loaded.",
        (
            "Install the package that holds it (`composer require`), add the `use` line, or correct "
            "the name; then `composer dump-autoload`."
        ),
        message=(
            r"(?:Class|Interface|Trait|Enum) ['\"]?(?P<name>[\w\\]+)['\"]? (?:does not exist"
            r"|not found)|Target class \[(?P<name2>[\w\\.]+)\] does not exist"
        ),
        propose=_rename, confidence=0.82,
    ),
    Rule(
        "php/missing-extension", "missing-dependency",
        "The function `{name}` is of an extension that is not installed.",
        "Install and enable the PHP extension that provides it.",
        message=(
            r"[Cc]all to undefined function (?:[\w\\]*\\)?(?P<name>(?:mb_|curl_|mysqli?_"
            r"|pg_|sqlite_|gd_|image|imap_|ldap_|bc|gmp_|openssl_|sodium_|xml|simplexml_"
            r"|json_|iconv|ctype_|posix_|pcntl_|socket_|zip_|intl|numfmt_|apcu?_|redis"
            r"|yaml_|exif_|ftp_|utf8_)\w*)\("
        ),
        confidence=0.88,
    ),
    Rule(
        "php/missing-driver", "missing-dependency",
        "Something that PHP needs is not installed: {message}.",
        "Install and enable it in this environment.",
        message=(
            r"could not find driver|extension .{1,40}(?:missing|not (?:loaded|installed))"
            r"|requires (?:the )?ext-|Failed opening required .*vendor/autoload\.php|command not found"
            r"|Unable to locate package"
        ),
        confidence=0.85,
    ),
    Rule(
        "php/database-schema", "version-or-api-mismatch",
        "The database has no such table or column: {message}.",
        "Run the migrations, or correct the name.",
        message=(
            r"Base table or view not found|Unknown column|no such (?:table|column)|Undefined (?:table"
            r"|column)|42S02|42S22"
        ),
        confidence=0.82,
    ),
    Rule(
        "php/version", "version-or-api-mismatch",
        "The code and the installed version do not fit together: {message}.",
        "Use what this version offers, or install the version that the code was written for.",
        message=(
            r"Call to undefined function (?P<name>(?:each|create_function|mysql_\w+|ereg\w*"
            r"|split|mcrypt_\w+|money_format|get_magic_quotes_gpc|utf8_\w+)\b)|must be compatible with"
            r"|has been removed|requires? (?:a )?PHP|Your Composer dependencies require"
            r"|no longer supported|Declaration of|Return type of .* should"
        ),
        confidence=0.88,
    ),
    Rule(
        "php/arguments", "version-or-api-mismatch",
        "The call does not fit the signature: {message}.",
        "Pass the arguments that the function takes.",
        type=r"ArgumentCountError|Error|.*",
        message=(
            r"Too few arguments|expects (?:exactly|at (?:least|most)) \d+|Unknown named parameter"
            r"|Missing argument|cannot be called statically|Non-static method"
        ),
        confidence=0.75,
    ),
    Rule(
        "php/configuration", "configuration",
        "A setting is missing or wrong: {message}.",
        "Set it where this program is deployed.",
        message=(
            r"(?i)No application encryption key|environment variable|\.env\b|not configured"
            r"|config(?:uration)?[^.]{0,60}(?:missing|not (?:set|found|defined)|invalid"
            r"|required)|(?:driver|connection|disk|store|guard|mailer) \[[^\]]*\] (?:is )?not (?:supported"
            r"|configured|defined)|You have requested a non-existent (?:parameter|service)"
            r"|Unsupported driver|Unsupported cipher|non-existent parameter|date\.timezone"
            r"|API key"
        ),
        type=r"(?!.*PDOException$).*",
        confidence=0.86,
    ),
    Rule(
        "php/memory", "resource-exhaustion",
        "PHP reached its memory limit: {message}.",
        "Process the data in parts or free it earlier; then raise memory_limit if the use is right.",
        message=r"Allowed memory size|Out of memory|[Cc]annot allocate|memory exhausted",
        confidence=0.97,
    ),
    Rule(
        "php/time-limit", "resource-exhaustion",
        "The script ran longer than it may: {message}.",
        "Find the loop or query that takes so long, or move the work to a queue.",
        message=r"Maximum execution time|Too many open files|No space left|Too many connections|max_user_connections",
        confidence=0.93,
    ),
    Rule(
        "php/recursion", "unbounded-recursion",
        "`{function}` calls itself without an end: {message}.",
        "Give the recursion a base case.",
        message=r"[Nn]esting level|[Ii]nfinite (?:recursion|loop)|stack size|Circular reference|recursion detected",
        confidence=0.93,
    ),
    Rule(
        "php/concurrency", "concurrency",
        "Transactions or processes got in each other's way: {message}.",
        "Retry the transaction, and take locks in one order.",
        message=(
            r"(?i)deadlock|lock wait timeout|database is locked|cannot resume an already running generator"
            r"|already (?:been )?(?:closed|started|running)|There is already an active transaction"
            r"|serialization failure"
        ),
        confidence=0.88,
    ),
    Rule(
        "php/network", "network-or-timeout",
        "The connection failed: {message}.",
        "Check that the peer runs and can be reached; handle the failure and retry with a limit.",
        message=(
            r"(?i)connection (?:refused|reset|timed out|closed|failed|could not|lost"
            r"|aborted)|timed? ?out|cURL error|getaddrinfo|could not (?:resolve|connect)"
            r"|server has gone away|No such host|SSL|certificate|php_network|failed to connect"
            r"|HTTP request failed|Operation timed|SQLSTATE\[(?:HY000|08\w+)\] \[20\d\d\]"
            r"|resulted in a `?5\d\d|no alive nodes|Network is unreachable|Failed to authenticate on SMTP"
            r"|stream_socket_client"
        ),
        confidence=0.9,
    ),
    Rule(
        "php/network-class", "network-or-timeout",
        "The connection failed: {message}",
        "Check that the peer runs and can be reached; handle the failure and retry with a limit.",
        type=(
            r".*(?:ConnectException|ConnectionException|ConnectionFailure\w*|TransportException"
            r"|TimeoutException|ServerException|RequestException|NetworkException|SoapFault)"
        ),
        confidence=0.85,
    ),
    Rule(
        "php/missing-file", "io-or-filesystem",
        "A file or view does not exist: {message}.",
        "Check the path, or handle that it is absent.",
        message=(
            r"No such file or directory|Failed opening required|[Ff]ailed to open stream|does not exist at path"
            r"|File (?:not found|does not exist)|View \[[^\]]*\] not found|Unable to find template"
            r"|Is a directory|Not a directory|File exists|Broken pipe|Unable to (?:write"
            r"|create|read|find)|Directory not empty"
        ),
        confidence=0.9,
    ),
    Rule(
        "php/syntax", "parsing-or-encoding",
        "{place} is not valid PHP: {message}.",
        "Correct the syntax at that line or just before it; a new construct may need a newer PHP.",
        type=r"Parse error|ParseError|CompileError",
        confidence=0.93,
    ),
    Rule(
        "php/malformed", "parsing-or-encoding",
        "The data is malformed: {message}.",
        "Check the data before parsing it, and handle the error.",
        type=(
            r".*(?:JsonException|DateMalformed\w*|SyntaxError|ParseException|MalformedUri\w*"
            r"|InvalidFormatException|DecryptException)|.*"
        ),
        message=(
            r"(?i)syntax error|malformed|failed to parse|could not be parsed|invalid (?:json"
            r"|xml|date|datetime|token|utf-?8|url|base64|payload|serialization)|unserialize\(\)"
            r"|Error at offset|premature end|unexpected (?:token|character|end of|eof)"
            r"|String could not be parsed|not a (?:numeric|well formed)|preg_\w+\(\)"
            r"|Unknown modifier|Malformed UTF-8|Incorrect (?:datetime|string|integer) value"
            r"|Control character error|JSON"
        ),
        propose=_empty_json, confidence=0.87,
    ),
    Rule(
        "php/division-by-zero", "numeric",
        "The divisor is zero in {place}.",
        "Handle the case that the divisor is zero before dividing.",
        type=r"DivisionByZeroError|.*",
        message=r"[Dd]ivision by zero|Modulo by zero",
        propose=_guard_zero, confidence=0.97,
    ),
    Rule(
        "php/arithmetic", "numeric",
        "The number is outside the range of the operation: {message}.",
        "Check the operands before the operation.",
        type="ArithmeticError|OverflowException|UnderflowException|RangeException",
        confidence=0.85,
    ),
    Rule(
        "php/undefined-key", "missing-key-or-index",
        "The key or index {key} is not in the array.",
        "Check with `isset` or `??` before, or correct where the array is filled.",
        message=(
            r"Undefined (?:array key|index|offset):? (?P<key>\S.*)|Undefined (?:array key"
            r"|offset)|Uninitialized string offset"
        ),
        propose=_guard_key, confidence=0.95,
    ),
    Rule(
        "php/not-found", "missing-key-or-index",
        "What was looked up is not there: {message}",
        "Handle the case that it does not exist.",
        type=(
            r".*(?:ModelNotFoundException|NotFoundHttpException|OutOfBoundsException"
            r"|OutOfRangeException|RouteNotFoundException|RecordNotFoundException|EntityNotFoundException"
            r"|NoResultException|NotFoundException|ItemNotFoundException)"
        ),
        confidence=0.88,
    ),
    Rule(
        "php/member-of-null", "null-or-undefined",
        "`{name}` is used on null.",
        "Find out why the value is null, and handle that: `?->`, a default, or an earlier check.",
        message=(
            r"(?:Call to a member function (?P<name>\w+)\(\)|(?:read|assign|access) property \"?(?P<name2>\w+)\"?"
            r"|Trying to get property '?(?P<name3>\w*)'?(?: of non-object)?) on (?:a )?(?:null"
            r"|non-object)|Trying to (?:get property|access array offset)|on null"
        ),
        propose=_guard_null, confidence=0.96,
    ),
    Rule(
        "php/null-argument", "null-or-undefined",
        "null is passed where a value is needed: {message}.",
        "Find out why it is null, and handle that before the call.",
        message=(
            r"null given|null returned|none returned|must not be accessed before initialization"
            r"|Cannot assign null|cannot be null"
        ),
        confidence=0.93,
    ),
    Rule(
        "php/undefined-variable", "null-or-undefined",
        "The variable or constant `{name}` is not defined here.",
        "Give it a value before it is read, or correct its spelling.",
        message=(
            r"Undefined variable:? \$?(?P<name>\w+)|Undefined constant \"?(?P<name2>[\w\\:]+)\"?"
            r"|Undefined property:? (?P<name3>\S+)|undeclared static property:? (?P<name4>\S+)"
            r"|Use of undefined constant (?P<name5>\w+)|\$this when not in object context"
        ),
        propose=_rename, confidence=0.92,
    ),
    Rule(
        "php/undefined-function", "type-mismatch",
        "`{name}` does not exist.",
        "Correct the name, or load the file that defines it.",
        message=(
            r"Call to undefined (?:function|method) (?P<name>[\w\\:]+)|Method (?P<name2>[\w\\:]+) does not exist"
            r"|(?:Call to|Cannot access) (?:private|protected) \w+ (?P<name3>[\w\\:$]+)"
            r"|Cannot access (?:private|protected)|Call to (?:private|protected)"
        ),
        propose=_rename, confidence=0.83,
    ),
    Rule(
        "php/type", "type-mismatch",
        "A value is of another type than the code expects: {message}.",
        "Convert the value, or correct where it gets its type.",
        type=(
            r".*TypeError|Error|.*[Ff]atal [Ee]rror|ErrorException|Exception|UnexpectedValueException"
            r"|InvalidArgumentException|.*"
        ),
        message=(
            r"must be (?:of (?:the )?type|an instance of|an? )|Unsupported operand types"
            r"|could not be converted|[Cc]annot (?:use|access|unpack|assign|convert|traverse"
            r"|unset|increment|decrement|clone|instantiate|modify|call)|conversion|Array to string"
            r"|A non-numeric value|Illegal (?:offset|string offset)|Return value|is not (?:iterable"
            r"|callable|countable|an object|an array)|Only arrays|Object of class"
        ),
        confidence=0.84,
    ),
    Rule(
        "php/type-class", "type-mismatch",
        "A value is of another type than the code expects: {message}.",
        "Convert the value, or correct where it gets its type.",
        type=r"TypeError",
        confidence=0.85,
    ),
    Rule(
        "php/constraint", "assertion-or-invariant",
        "A constraint of the database was violated: {message}.",
        "Check for the row before writing it, or handle the conflict.",
        message=(
            r"Integrity constraint violation|Duplicate entry|UNIQUE constraint|foreign key constraint"
            r"|violates|23000|23505"
        ),
        confidence=0.85,
    ),
    Rule(
        "php/logic", "assertion-or-invariant",
        "The program met a state that its own check forbids: {message}",
        "Do the calls in the order that the object expects.",
        type=r".*(?:LogicException|UnhandledMatchError|BadMethodCallException|DomainException|InvalidStateException)",
        confidence=0.65,
    ),
    Rule(
        "php/invalid-input", "unhandled-input",
        "The input is not one that the code handles: {message}",
        "Check the value where it comes in, and handle this case.",
        type=(
            r".*(?:InvalidArgumentException|ValueError|UnexpectedValueException|ValidationException"
            r"|LengthException|MethodNotAllowed\w*|BadRequest\w*|TokenMismatchException"
            r"|InvalidOptionException)"
        ),
        confidence=0.7,
    ),
    Rule(
        "php/redeclared", "other",
        "A name is declared twice: {message}.",
        "Load the file once (`require_once` or autoloading), or rename one of them.",
        message=r"[Cc]annot (?:re-?declare|declare)|already in use|is abstract|abstract methods?|must implement|final",
        confidence=0.5,
    ),
)  # fmt: skip
