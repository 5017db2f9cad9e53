"""Crashes about values: text that does not parse, numbers, keys, absent values, types, checks, cases."""

from crashlight_sdk.rules import Rule

from . import proposals, syntax

DATA_RULES: tuple[Rule, ...] = (
    Rule(
        "python/database-schema", "version-or-api-mismatch",
        "The database has no such table or column: {message}.",
        "Run the migrations that create it, or correct the name in the query.",
        message=(
            r"no such (?:table|column)|(?:relation|column) \"?[\w.]+\"? does not exist"
            r"|Unknown column|Table '[\w.]+' doesn't exist"
            r"|UndefinedTable|UndefinedColumn|has no column named"
        ),
        confidence=0.8,
    ),
    Rule(
        "python/json", "parsing-or-encoding",
        "The text is not valid JSON: {message}.",
        "Check what was received before parsing it (it may be empty or an error page), and handle JSONDecodeError.",
        type=r".*(?:JSONDecodeError)|ValueError",
        message=(
            r"Expecting |Extra data|Unterminated string|Invalid control character|Invalid \\+\w* ?escape"
            r"|No JSON object|^$"
        ),
        when=lambda facts: (
            "JSON" in facts.cause.crash_type + facts.cause.message or "line" in facts.cause.message
        ),
        propose=proposals.empty_json, confidence=0.95,
    ),
    Rule(
        "python/unicode", "parsing-or-encoding",
        "The bytes are not valid `{codec}`: {message}.",
        "Name the encoding that the data really has, or say what to do with other bytes by `errors=`.",
        type="Unicode(?:Decode|Encode|Translate)Error|UnicodeError",
        message=r"^'?(?P<codec>[\w-]+)'? codec|",
        propose=proposals.say_encoding, confidence=0.95,
    ),
    Rule(
        "python/number-from-text", "parsing-or-encoding",
        "The text {text} is not a number.",
        "Check or clean the text before converting it, and handle ValueError.",
        type="ValueError",
        message=(
            r"invalid literal for \w+\(\) with base \d+: (?P<text>.*)|could not convert string to (?:float"
            r"|complex)(?:: (?P<text2>.*))?|(?P<text3>complex\(\) arg is a malformed string)"
        ),
        propose=proposals.skip_no_number, confidence=0.93,
    ),
    Rule(
        "python/date-from-text", "parsing-or-encoding",
        "The text is not a date of the expected form: {message}.",
        "Parse it with the format it has, and handle ValueError.",
        message=(
            r"does not match format|unconverted data remains|Invalid isoformat string|Unknown string format"
            r"|day is out of range|month must be in|not a valid (?:date|time)"
        ),
        confidence=0.92,
    ),
    Rule(
        "python/syntax", "parsing-or-encoding",
        "{place} is not valid Python: {message}.",
        "Correct the syntax where the caret points; the mistake may be just before it.",
        type="SyntaxError|IndentationError|TabError",
        confidence=0.9,
    ),
    Rule(
        "python/malformed-data", "parsing-or-encoding",
        "The data is malformed: {message}.",
        "Check the data before parsing it, and handle the error.",
        type=(
            r".*(?:ParseError|ParserError|ScannerError|ConstructorError|YAMLError|TOMLDecodeError|XMLSyntaxError"
            r"|ExpatError|UnpicklingError|BadZipFile|BadGzipFile|binascii\.Error|struct\.error|TokenError"
            r"|UnidentifiedImageError|csv\.Error|DecodeError|TemplateSyntaxError|InvalidToken|zlib\.error"
            r"|lzma\.LZMAError|MarkupSyntaxError|InvalidURL|MissingSchema|InvalidSchema|DataError|EmptyDataError"
            r"|EOFError|SympifyError|ReadError)"
        ),
        confidence=0.85,
    ),
    Rule(
        "python/malformed-text", "parsing-or-encoding",
        "The text is malformed: {message}.",
        "Check the text before it is parsed, and handle what is malformed.",
        type="ValueError|TypeError|.*Error",
        message=(
            r"(?i)malformed|unbalanced parenthesis|unterminated|Incorrect padding|embedded null|invalid (?:escape"
            r"|hex|UUID|utf|base64|url|xml|format|token)|badly formed|non-hexadecimal|nothing to repeat"
            r"|bad escape|not a valid (?:url|uuid|ip|xml|json)|does not appear to be an IPv|unknown url type"
            r"|Invalid format (?:specifier|string)|unsupported format character|incomplete format|expected '\}'"
            r"|Single '[{}]'|Buffer size|pickle data was truncated|invalid load key"
        ),
        confidence=0.85,
    ),
    Rule(
        "python/division-by-zero", "numeric",
        "The divisor is zero in {place}.",
        "Handle the case that the divisor is zero before dividing.",
        type="ZeroDivisionError|.*DivisionByZero|.*DivisionUndefined",
        propose=proposals.guard_zero, confidence=0.98,
    ),
    Rule(
        "python/number-range", "numeric",
        "The number is outside the range of the operation: {message}.",
        "Check the operands before the operation, or use a type with a wider range.",
        type=r"OverflowError|FloatingPointError|.*LinAlgError|decimal\.\w+|.*InvalidOperation",
        confidence=0.93,
    ),
    Rule(
        "python/math-domain", "numeric",
        "The number is outside the domain of the function: {message}.",
        "Check the argument before the call.",
        message=(
            r"math domain error|expected a (?:non-?negative|positive) (?:input|number)|cannot convert float (?:NaN"
            r"|infinity)|factorial\(\)|must be (?:positive|non-?negative|> ?0)|Exceeds the limit|negative shift count"
            r"|contains (?:NaN|infinity)|Input contains|base is not invertible"
        ),
        confidence=0.88,
    ),
    Rule(
        "python/missing-key", "missing-key-or-index",
        "The key {key} is not in the collection.",
        "Check the key and where the collection is filled, or use `.get` with a default.",
        type="KeyError|.*KeyError",
        message=r"^(?P<key>.+)$|",
        propose=proposals.guard_key, confidence=0.93,
    ),
    Rule(
        "python/empty-collection", "missing-key-or-index",
        "The collection is empty in {place}: {message}.",
        "Handle the case that it is empty.",
        message=(
            r"from (?:an )?empty|is empty|empty sequence|iterable argument is empty|arg is an empty|empty range"
            r"|not enough values to unpack|of empty sequence"
        ),
        when=lambda facts: "unpack" not in facts.cause.message,
        confidence=0.9,
    ),
    Rule(
        "python/index", "missing-key-or-index",
        "The index is beyond the end: {message}.",
        "Check the length before the access, or correct where the index comes from.",
        type="IndexError|.*IndexingError",
        propose=proposals.guard_index, confidence=0.95,
    ),
    Rule(
        "python/stop-iteration", "missing-key-or-index",
        "There is no further element: `next` was called on an exhausted iterator.",
        "Give `next` a default, or handle StopIteration.",
        type="StopIteration|StopAsyncIteration|RuntimeError",
        message=r"^$|StopIteration",
        when=lambda facts: "StopIteration" in facts.cause.crash_type + facts.cause.message,
        confidence=0.85,
    ),
    Rule(
        "python/not-found", "missing-key-or-index",
        "What was looked for is not there: {message}",
        "Handle the case that it does not exist.",
        type=(
            r".*(?:DoesNotExist|NoResultFound|ObjectDoesNotExist|LookupError|NoSuchElementException|NotFoundError"
            r"|ItemNotFound|Http404|MultipleObjectsReturned)"
        ),
        confidence=0.8,
    ),
    Rule(
        "python/not-in-list", "missing-key-or-index",
        "The value is not in the sequence: {message}.",
        "Check with `in` before, or handle ValueError.",
        type="ValueError",
        message=r"is not in (?:list|deque|tuple|range)|not in list|substring not found|subsection not found|x not in",
        confidence=0.9,
    ),
    Rule(
        "python/none-attribute", "null-or-undefined",
        "The value whose `{name}` is used is None.",
        "Find out why it is None (a lookup that found nothing, a function without a return) and handle that.",
        type="AttributeError",
        message=r"'NoneType' object has no attribute '(?P<name>\w+)'",
        propose=proposals.guard_none, confidence=0.97,
    ),
    Rule(
        "python/none-used", "null-or-undefined",
        "A value is None where one is needed: {message}.",
        "Find out why it is None and handle that case before the value is used.",
        type="TypeError",
        message=(
            r"'?NoneType'?(?: object)? (?:is not|object is not|cannot be|has no|does not)|(?:and|or|not"
            r"|got|of type) '?NoneType'?|NoneType|not None\b|must not be None"
        ),
        propose=proposals.guard_none, confidence=0.9,
    ),
    Rule(
        "python/unbound-local", "null-or-undefined",
        "`{name}` is read before it gets a value on this path.",
        "Give `{name}` a value before the branches, or declare it `global` or `nonlocal` if that one is meant.",
        type="UnboundLocalError|NameError",
        message=(
            r"(?:local|free) variable '(?P<name>\w+)' (?:referenced before|where it is not)|cannot access (?:local"
            r"|free) variable '(?P<name2>\w+)'"
        ),
        propose=proposals.initialize, confidence=0.93,
    ),
    Rule(
        "python/undefined-name", "null-or-undefined",
        "The name `{name}` is not defined here.",
        "Import or define `{name}`, or correct its spelling.",
        type="NameError",
        message=r"name '(?P<name>\w+)' is not defined",
        propose=proposals.name_or_import, confidence=0.93,
    ),
    Rule(
        "python/never-awaited", "type-mismatch",
        "A coroutine is used as if it were its result: `await` is missing.",
        "Await the call.",
        type="TypeError|AttributeError",
        message=r"'coroutine'|(?P<coroutine>)a coroutine was expected, got|object coroutine",
        propose=proposals.await_call, confidence=0.93,
    ),
    Rule(
        "python/missing-attribute", "type-mismatch",
        "A `{owner}` has no attribute `{name}`.",
        "Check the spelling, and that the value is of the type that the code expects.",
        type="AttributeError",
        message=r"(?:type object )?'(?P<owner>[\w.]+)'(?: object)? has no attribute '(?P<name>\w+)'",
        propose=proposals.rename, confidence=0.85,
    ),
    Rule(
        "python/attribute-protected", "type-mismatch",
        "The attribute cannot be changed: {message}.",
        "Set it where the object is made, or give the property a setter.",
        type="AttributeError|.*FrozenInstanceError",
        message=(
            r"can't set|cannot (?:set|assign|delete)|can't delete|no setter|read-?only|has no (?:setter"
            r"|deleter)|not writable|__slots__|"
        ),
        confidence=0.75,
    ),
    Rule(
        "python/text-and-number", "type-mismatch",
        "Text and another type are joined: {message}.",
        "Convert one side, or use an f-string.",
        type="TypeError",
        message=r"can only concatenate|must be str, not|cannot concatenate|unsupported operand type\(s\) for \+",
        propose=proposals.convert_operand, confidence=0.93,
    ),
    Rule(
        "python/join-of-non-text", "type-mismatch",
        "`join` got an element that is not text: {message}.",
        "Convert the elements to str first.",
        type="TypeError",
        message=r"sequence item \d+: expected (?:str|a bytes-like)",
        propose=proposals.convert_joined, confidence=0.95,
    ),
    Rule(
        "python/not-callable", "type-mismatch",
        "A `{owner}` is called as if it were a function.",
        "Remove the parentheses, or rename the variable that hides the function.",
        type="TypeError",
        message=r"'(?P<owner>[\w.]+)' object is not callable",
        confidence=0.93,
    ),
    Rule(
        "python/not-subscriptable", "type-mismatch",
        "A `{owner}` is indexed as if it were a collection.",
        "Call it or convert it first, or check what the value is.",
        type="TypeError",
        message=r"'(?P<owner>[\w.]+)' object is not subscriptable|'(?P<owner2>[\w.]+)' object does not support item",
        propose=lambda facts: proposals.call_method(facts) if "method" in facts["owner"] else (),
        confidence=0.93,
    ),
    Rule(
        "python/unhashable", "type-mismatch",
        "A `{owner}` is used as a key or set element, but it can change and has no hash.",
        "Use an immutable form: a tuple for a list, a frozenset for a set.",
        type="TypeError",
        message=r"unhashable type: '(?P<owner>\w+)'",
        confidence=0.93,
    ),
    Rule(
        "python/not-serializable", "type-mismatch",
        "A `{owner}` cannot be written as JSON or pickle.",
        "Convert it to plain values first, or give the encoder a `default` function.",
        type="TypeError|PicklingError|.*PicklingError|AttributeError",
        message=(
            r"Object of type '?(?P<owner>\w+)'? is not JSON serializable|(?:cannot|can't) pickle '?(?P<owner2>[\w.]+)'?"
            r"|Can't pickle (?:local object )?(?P<owner3>[^:]+)"
        ),
        confidence=0.9,
    ),
    Rule(
        "python/unpack", "unhandled-input",
        "The number of values is not that of the names they are unpacked into: {message}.",
        "Check the number of values first, or collect the rest with a starred name.",
        type="ValueError|TypeError",
        message=r"(?:not enough|too many) values to unpack|cannot unpack non-iterable",
        confidence=0.7,
    ),
    Rule(
        "python/shape", "type-mismatch",
        "The shapes or lengths of the arrays do not fit: {message}.",
        "Print the shapes before this line and correct the one that is wrong.",
        message=(
            r"(?i)shapes? .{0,60}(?:not aligned|mismatch|incompatible)|could not be broadcast|mat1 and mat2"
            r"|dimension mismatch|size mismatch|must match the size|Length of values"
            r"|all arrays must be (?:of )?the same length"
            r"|cannot reshape|inhomogeneous|truth value of an? (?:array|Series|DataFrame)"
            r"|inconsistent numbers of samples"
        ),
        confidence=0.85,
    ),
    Rule(
        "python/wrong-type", "type-mismatch",
        "A value is of another type than the operation takes: {message}.",
        "Convert the value, or correct where it gets its type.",
        type="TypeError",
        confidence=0.85,
    ),
    Rule(
        "python/abstract", "assertion-or-invariant",
        "An abstract class or method was used: {message}.",
        "Implement the methods that the message names, or use the class that does.",
        type="TypeError|NotImplementedError",
        message=r"Can't instantiate abstract class|abstract",
        confidence=0.75,
    ),
    Rule(
        "python/integrity", "assertion-or-invariant",
        "A constraint of the database was violated: {message}.",
        "Check for the row before writing it, or handle the conflict.",
        type=r".*(?:IntegrityError|UniqueViolation|ForeignKeyViolation|NotNullViolation)",
        confidence=0.85,
    ),
    Rule(
        "python/not-implemented", "unhandled-input",
        "This case is not implemented: {message}",
        "Implement it, or reject the input earlier with a clear message.",
        type="NotImplementedError",
        confidence=0.85,
    ),
    Rule(
        "python/validation", "unhandled-input",
        "The input does not have the form that is required: {message}",
        "Correct the input, or handle the validation error where it comes in.",
        type=(
            r".*(?:ValidationError|Invalid\w*|BadRequest\w*|UsageError|BadParameter|ArgumentError"
            r"|UnrecognizedOptionError"
            r"|NoSuchOption|UserWarning|UnknownBackend\w*)"
        ),
        confidence=0.65,
    ),
    Rule(
        "python/value", "unhandled-input",
        "A value is not one that the code handles: {message}",
        "Check the value where it comes in, and handle this case.",
        type="ValueError",
        confidence=0.6,
        when=lambda facts: bool(facts.cause.message) or bool(syntax.calls(facts.line)),
    ),
)  # fmt: skip
