"""What had to change, for errors that bug trackers know well: the category that the rules give without source."""

from functools import cache
from pathlib import Path

import pytest

from crashlight_sdk import Analyzer, Cause, Crash, Frame
from crashlight_sdk.testing import load

BUILTIN = Path(__file__).resolve().parents[3] / "plugins" / "builtin"

CASES = [
    ("python", "TypeError", "'NoneType' object is not subscriptable", "null-or-undefined"),
    ("python", "TypeError", "unsupported operand type(s) for -: 'str' and 'int'", "type-mismatch"),
    ("python", "TypeError", "argument of type 'NoneType' is not iterable", "null-or-undefined"),
    ("python", "TypeError", "__init__() missing 1 required positional argument: 'x'", "version-or-api-mismatch"),
    ("python", "TypeError", "expected str, bytes or os.PathLike object, not NoneType", "null-or-undefined"),
    ("python", "AttributeError", "module 'numpy' has no attribute 'float'", "version-or-api-mismatch"),
    ("python", "AttributeError", "'DataFrame' object has no attribute 'append'", "version-or-api-mismatch"),
    ("python", "ImportError", "cannot import name 'Markup' from 'jinja2'", "version-or-api-mismatch"),
    ("python", "RuntimeError", "dictionary changed size during iteration", "concurrency"),
    ("python", "RuntimeError", "Event loop is closed", "concurrency"),
    ("python", "OSError", "[Errno 98] Address already in use", "network-or-timeout"),
    ("python", "ValueError", "not enough values to unpack (expected 2, got 1)", "unhandled-input"),
    ("python", "ValueError", "time data '2020' does not match format '%Y-%m'", "parsing-or-encoding"),
    ("python", "ValueError", "operands could not be broadcast together with shapes (2,) (3,)", "type-mismatch"),
    ("python", "ValueError", "cannot convert float NaN to integer", "numeric"),
    ("python", "ValueError", "max() arg is an empty sequence", "missing-key-or-index"),
    ("python", "KeyError", "'user_id'", "missing-key-or-index"),
    (
        "python",
        "requests.exceptions.ConnectionError",
        "HTTPConnectionPool(host='x', port=80): Max retries exceeded",
        "network-or-timeout",
    ),
    ("python", "subprocess.CalledProcessError", "Command '['git']' returned non-zero exit status 128.", "other"),
    ("python", "sqlite3.OperationalError", "database is locked", "concurrency"),
    (
        "python",
        "sqlalchemy.exc.IntegrityError",
        "(psycopg2.errors.UniqueViolation) duplicate key",
        "assertion-or-invariant",
    ),
    (
        "python",
        "django.core.exceptions.ImproperlyConfigured",
        "The SECRET_KEY setting must not be empty.",
        "configuration",
    ),
    ("python", "botocore.exceptions.NoCredentialsError", "Unable to locate credentials", "configuration"),
    ("python", "UnicodeEncodeError", "'charmap' codec can't encode character", "parsing-or-encoding"),
    ("python", "yaml.scanner.ScannerError", "while scanning a simple key", "parsing-or-encoding"),
    ("python", "Exception", "Something went wrong", "other"),
    ("python", "NotImplementedError", "", "unhandled-input"),
    ("python", "PermissionError", "[Errno 13] Permission denied: '/x'", "permission"),
    ("python", "pickle.UnpicklingError", "invalid load key, '<'.", "parsing-or-encoding"),
    ("python", "RecursionError", "maximum recursion depth exceeded in comparison", "unbounded-recursion"),
    ("python", "IndexError", "list index out of range", "missing-key-or-index"),
    ("node", "TypeError", "Cannot destructure property 'a' of 'undefined' as it is undefined.", "null-or-undefined"),
    ("node", "TypeError", "foo.map is not a function", "type-mismatch"),
    ("node", "Error", "Cannot find module 'express'", "missing-dependency"),
    ("node", "Error", "listen EADDRINUSE: address already in use :::3000", "network-or-timeout"),
    ("node", "Error", "connect ETIMEDOUT 1.2.3.4:443", "network-or-timeout"),
    ("node", "Error", "ENOSPC: System limit for number of file watchers reached, watch '/x'", "resource-exhaustion"),
    ("node", "Error", "EACCES: permission denied, open '/x'", "permission"),
    ("node", "Error", "error:0308010C:digital envelope routines::unsupported", "version-or-api-mismatch"),
    ("node", "SyntaxError", "Unexpected token < in JSON at position 0", "parsing-or-encoding"),
    ("node", "SyntaxError", "Cannot use import statement outside a module", "version-or-api-mismatch"),
    ("node", "ReferenceError", "window is not defined", "null-or-undefined"),
    ("node", "ReferenceError", "Cannot access 'x' before initialization", "null-or-undefined"),
    ("node", "RangeError", "Maximum call stack size exceeded", "unbounded-recursion"),
    ("node", "RangeError", "Invalid array length", "resource-exhaustion"),
    ("node", "Error", "Request failed with status code 404", "network-or-timeout"),
    ("node", "MongoServerError", "E11000 duplicate key error collection", "assertion-or-invariant"),
    ("node", "Error", "Cannot set headers after they are sent to the client", "concurrency"),
    ("node", "TypeError", 'The "path" argument must be of type string. Received undefined', "null-or-undefined"),
    ("node", "Error", "Invariant failed: You should not use <Link> outside a <Router>", "assertion-or-invariant"),
    ("node", "Error", "Hydration failed because the initial UI does not match", "assertion-or-invariant"),
    ("node", "TypeError", "Converting circular structure to JSON", "type-mismatch"),
    ("node", "Error", "Unsupported platform", "unhandled-input"),
    ("jvm", "java.lang.IllegalArgumentException", "Illegal character in path at index 3", "parsing-or-encoding"),
    ("jvm", "java.lang.IllegalStateException", "Can not perform this action after onSaveInstanceState", "concurrency"),
    (
        "jvm",
        "android.view.WindowManager$BadTokenException",
        "Unable to add window -- token null is not valid; is your activity running?",
        "concurrency",
    ),
    (
        "jvm",
        "java.lang.SecurityException",
        "Permission Denial: reading x requires android.permission.READ",
        "permission",
    ),
    ("jvm", "android.content.ActivityNotFoundException", "No Activity found to handle Intent", "missing-dependency"),
    ("jvm", "android.database.sqlite.SQLiteException", "no such table: users", "version-or-api-mismatch"),
    ("jvm", "java.lang.NoClassDefFoundError", "javax/xml/bind/JAXBException", "missing-dependency"),
    ("jvm", "java.lang.NoSuchMethodError", "'void com.x.Foo.bar()'", "version-or-api-mismatch"),
    (
        "jvm",
        "java.lang.UnsupportedClassVersionError",
        "has been compiled by a more recent version",
        "version-or-api-mismatch",
    ),
    ("jvm", "java.lang.OutOfMemoryError", "GC overhead limit exceeded", "resource-exhaustion"),
    ("jvm", "java.util.concurrent.RejectedExecutionException", "Task x rejected from y[Shutting down]", "concurrency"),
    ("jvm", "java.net.SocketTimeoutException", "timeout", "network-or-timeout"),
    ("jvm", "javax.net.ssl.SSLHandshakeException", "PKIX path building failed", "network-or-timeout"),
    (
        "jvm",
        "org.springframework.beans.factory.NoSuchBeanDefinitionException",
        "No qualifying bean of type 'x'",
        "configuration",
    ),
    ("jvm", "com.fasterxml.jackson.core.JsonParseException", "Unexpected character", "parsing-or-encoding"),
    ("jvm", "java.lang.ClassCastException", "A cannot be cast to B", "type-mismatch"),
    (
        "jvm",
        "kotlin.UninitializedPropertyAccessException",
        "lateinit property x has not been initialized",
        "null-or-undefined",
    ),
    ("jvm", "java.io.FileNotFoundException", "/x (Permission denied)", "permission"),
    ("jvm", "java.io.FileNotFoundException", "/x (Too many open files)", "resource-exhaustion"),
    ("jvm", "java.nio.file.NoSuchFileException", "/x", "io-or-filesystem"),
    ("jvm", "java.io.IOException", "Broken pipe", "io-or-filesystem"),
    ("jvm", "java.io.IOException", "Stream closed", "concurrency"),
    ("jvm", "java.lang.InterruptedException", "sleep interrupted", "concurrency"),
    ("jvm", "java.util.concurrent.TimeoutException", "", "network-or-timeout"),
    ("jvm", "java.sql.SQLException", "Access denied for user 'x'", "permission"),
    ("jvm", "java.lang.RuntimeException", "oops", "other"),
    ("jvm", "java.lang.NegativeArraySizeException", "-1", "numeric"),
    ("jvm", "android.os.TransactionTooLargeException", "data parcel size 1000 bytes", "resource-exhaustion"),
    ("jvm", "android.os.NetworkOnMainThreadException", "", "concurrency"),
    ("ruby", "NoMethodError", "undefined method `foo' for nil:NilClass", "null-or-undefined"),
    ("ruby", "ActiveRecord::RecordNotFound", "Couldn't find User with 'id'=1", "missing-key-or-index"),
    (
        "ruby",
        "ActiveRecord::StatementInvalid",
        'PG::UndefinedTable: ERROR:  relation "x" does not exist',
        "version-or-api-mismatch",
    ),
    ("ruby", "Gem::ConflictError", "Unable to activate x because y conflicts", "version-or-api-mismatch"),
    ("ruby", "Errno::ECONNREFUSED", "Connection refused - connect(2)", "network-or-timeout"),
    ("ruby", "JSON::ParserError", "unexpected token at ''", "parsing-or-encoding"),
    ("php", "TypeError", "strlen(): Argument #1 ($string) must be of type string, null given", "null-or-undefined"),
    ("php", "PDOException", "SQLSTATE[HY000] [2002] Connection refused", "network-or-timeout"),
    ("php", "PDOException", "SQLSTATE[42S02]: Base table or view not found", "version-or-api-mismatch"),
    ("php", "Error", "Class 'Foo\\Bar' not found", "missing-dependency"),
    ("php", "Error", "Call to undefined method Foo::bar()", "type-mismatch"),
    ("php", "ErrorException", "Undefined index: foo", "missing-key-or-index"),
    ("php", "ErrorException", "Trying to get property 'x' of non-object", "null-or-undefined"),
    ("php", "ErrorException", "file_put_contents(/x): failed to open stream: Permission denied", "permission"),
]


@cache
def analyzer(runtime: str) -> Analyzer:
    return load(BUILTIN / runtime)


@pytest.mark.parametrize(("runtime", "crash_type", "message", "category"), CASES)
def test_category(runtime: str, crash_type: str, message: str, category: str) -> None:
    frame = Frame("shop.src", 1, "total", origin="app")
    finding = analyzer(runtime).explain(Crash(runtime, 0, 0, (Cause(crash_type, message, (frame,)),)), None)
    assert finding is not None
    assert finding.category == category
    assert finding.cause.endswith((".", "?", "!", "…"))
    assert 0 < finding.confidence <= 1
