"""What Go's standard library and its usual companions panic about, and the errors that programs panic with."""

from crashlight_sdk.rules import Rule, rule

LIBRARY_RULES: tuple[Rule, ...] = (
    rule(
        "go/reflect-zero-value",
        "null-or-undefined",
        "`{call}` is called on the zero reflect.Value in {place}: the field, key or pointer behind it does not exist.",
        "Check `v.IsValid()` before using the value.",
        message=r"reflect: (?:call of )?(?P<call>reflect\.\S+|\S+) (?:on|of) zero Value"
        r"|reflect: call of reflect\.Value\.\w+ on zero Value",
    ),
    rule(
        "go/reflect-nil-pointer",
        "null-or-undefined",
        "Reflection met a nil pointer in {place}: {message}",
        "Check `v.IsNil()` before following the pointer.",
        message=r"reflect: .*nil pointer|reflect\.Value.*nil",
    ),
    rule(
        "go/reflect-kind",
        "type-mismatch",
        "Reflection is used on a value of another kind than the code expects: {message}",
        "Check `v.Kind()`, and pass a pointer where the value must be changed.",
        message=r"reflect: call of |reflect\.Set: value of type|reflect\.Value\.\w+ using (?:unaddressable|value)"
        r"|reflect: (?:NumField|Elem|Field|Method|Call)|reflect\.\w+: |value of type \S+ (?:is not assignable"
        r"|cannot be)",
    ),
    rule(
        "go/regexp",
        "parsing-or-encoding",
        "The regular expression `{expression}` is not valid in Go: {message}",
        "Correct the expression; Go's regexp has no look-around and no back-references.",
        message=r"regexp: Compile\(.(?P<expression>.*?).\): error parsing",
        confidence=0.95,
    ),
    rule(
        "go/template",
        "parsing-or-encoding",
        "A template cannot be parsed or run: {message}",
        "Correct the template at the line that the message names.",
        message=r"template: (?P<template>[\w./-]+)(?::\d+)*: |html/template",
        confidence=0.85,
    ),
    rule(
        "go/route-conflict",
        "configuration",
        "A route or handler is registered twice: {message}",
        "Register each pattern once; look for a second call of the function that sets up the routes.",
        message=r"http: multiple registrations for|handlers are already registered for path"
        r"|conflicts with (?:existing|pattern)|wildcard .* conflicts",
        confidence=0.6,
    ),
    rule(
        "go/registered-twice",
        "assertion-or-invariant",
        "Something is registered twice: {message}",
        "Register it once; with two versions of one package in the build, remove one of them.",
        message=r"Register called twice|duplicate metrics collector registration|flag redefined: |already registered"
        r"|namespace conflict|Reuse of exported var name|gob: registering duplicate",
        confidence=0.75,
    ),
    rule(
        "go/strings-repeat",
        "numeric",
        "`strings.Repeat` or `bytes.Repeat` got a negative or too large count in {place}.",
        "Do not let the count go below zero.",
        message=r"(?:strings|bytes): (?:negative Repeat count|Repeat (?:count|output) )",
        confidence=0.95,
    ),
    rule(
        "go/negative-capacity",
        "numeric",
        "A size or interval must be positive: {message}",
        "Check the value before the call; it usually comes from configuration or from a subtraction.",
        message=r"non-positive interval for NewTicker|invalid argument to (?:Intn|Int63n|Int31n|IntN|Shuffle)"
        r"|bytes\.Buffer: (?:too large|truncation)|bufio: |negative (?:len|cap|offset|count)",
        confidence=0.85,
    ),
    rule(
        "go/number-syntax",
        "parsing-or-encoding",
        "The text {text} is not a number that `strconv.{parser}` accepts.",
        "Check or trim the text before parsing, and handle the error.",
        message=r"strconv\.(?P<parser>\w+): parsing (?P<text>\"[^\"]*\")",
        confidence=0.95,
    ),
    rule(
        "go/json-type",
        "parsing-or-encoding",
        "JSON holds a {value} where `{field}` needs `{wanted}`.",
        "Make the struct fit the document, or use a custom UnmarshalJSON.",
        message=r"json: cannot unmarshal (?P<value>\w+)(?: \S+)? into Go (?:struct field (?P<field>\S+)"
        r"|value) of type (?P<wanted>\S+)",
        confidence=0.9,
    ),
    rule(
        "go/json",
        "parsing-or-encoding",
        "The document is not the JSON that the program expects: {message}",
        "Look at the bytes that were decoded: an error page and an empty body are usual.",
        message=r"invalid character '.*?' (?:looking for|in|after)|unexpected end of JSON input|json: |yaml: |toml: "
        r"|xml: |proto: |gob: ",
        confidence=0.88,
    ),
    rule(
        "go/time-format",
        "parsing-or-encoding",
        "The time {text} does not have the layout {layout}.",
        "Use the layout of the text, in Go's reference time.",
        message=r"parsing time (?P<text>\"[^\"]*\")(?: as (?P<layout>\"[^\"]*\"))?|time: (?:invalid|unknown"
        r"|missing unit)",
        confidence=0.93,
    ),
    rule(
        "go/url",
        "parsing-or-encoding",
        "A URL cannot be parsed: {message}",
        "Check the URL; spaces and control characters must be escaped, and it needs a scheme.",
        message=r"parse \"?[^\"]*\"?: (?:invalid|first path segment|missing protocol|net/url)"
        r"|unsupported protocol scheme",
        confidence=0.85,
    ),
    rule(
        "go/database-schema",
        "version-or-api-mismatch",
        "The database has another schema than the program expects: {message}",
        "Run the migrations that belong to this version.",
        message=r"(?:relation|table|column) \"?[\w.]+\"? does not exist|no such (?:table|column)|Unknown column"
        r"|doesn't exist \(1146\)|Error 1146",
        confidence=0.8,
    ),
    rule(
        "go/database-url",
        "configuration",
        "The database cannot be opened with this setting: {message}",
        "Correct the data source name, and import the driver for its side effect.",
        message=r"sql: unknown driver|invalid (?:dsn|DSN)|cannot parse `?postgres|password authentication failed"
        r"|Access denied for user|missing \"=\" after",
        confidence=0.85,
    ),
    rule(
        "go/no-rows",
        "missing-key-or-index",
        "The query found no row, and the program does not expect that.",
        "Handle sql.ErrNoRows (or the driver's) as the absence of the record.",
        message=r"sql: no rows in result set|record not found|mongo: no documents|redis: nil",
        confidence=0.85,
    ),
    rule(
        "go/missing-module",
        "missing-dependency",
        "A Go package is missing: {message}",
        "Add it with `go get`, then run `go mod tidy`.",
        message=r"no required module provides package|cannot find (?:package|module)|missing go\.sum entry",
        confidence=0.9,
    ),
    rule(
        "go/plugin-version",
        "version-or-api-mismatch",
        "A plugin or package was built with another version: {message}",
        "Build both with the same toolchain and the same versions of their dependencies.",
        message=r"plugin was built with a different version|requires go ?(?:>=|\d)|go\.mod requires|ABI mismatch"
        r"|version mismatch|unsupported version",
        confidence=0.88,
    ),
    rule(
        "go/nil-context",
        "null-or-undefined",
        "A function got a nil argument that must be set: {message}",
        "Pass a value: context.Background() where there is no better context.",
        message=r"nil (?:context|Context|parent|handler|pointer|receiver)|cannot create context from nil parent|(?:is"
        r"|must not be|got) nil\b",
        confidence=0.8,
    ),
    rule(
        "go/not-implemented",
        "unhandled-input",
        "The program met a case that is not implemented: {message}",
        "Implement the case, or reject it where the value comes in.",
        message=r"(?i)not (?:yet )?implemented|unimplemented|unsupported|unknown (?:type|kind|value|op|command)"
        r"|unhandled|unexpected (?:type|kind|value|token|state)",
        confidence=0.75,
    ),
    rule(
        "go/unreachable",
        "assertion-or-invariant",
        "The program's own check failed in {place}: {message}",
        "Compare what the check expects with what led here.",
        message=r"(?i)unreachable|should (?:not|never)|impossible|invariant|assert|BUG:|bug:|inconsisten|corrupt"
        r"|must (?:be|have|not)|mismatch",
        confidence=0.72,
    ),
)
