"""The PHP analyzer on shapes of reports that the small programs do not print."""

from pathlib import Path

import pytest

from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "php")

# name: (text, reports), and a report is (first line, last line, class, file and line of the culprit, category, handled)
SHAPES = {
    "laravel": (
        """\
[2024-01-01 10:00:00] local.ERROR: Undefined variable $answer {"exception":"[object] (ErrorException(code: 0): Undefined variable $answer at /var/www/shop/app/Http/Controllers/Price.php:31)
[stacktrace]
#0 /var/www/shop/vendor/laravel/framework/src/Illuminate/Foundation/Bootstrap/HandleExceptions.php(254): handleError(2, 'Undefined varia...')
#1 /var/www/shop/app/Http/Controllers/Price.php(31): handle()
#2 {main}
"} """,
        [(0, 5, "ErrorException", "/var/www/shop/app/Http/Controllers/Price.php", 31, "null-or-undefined", False)],
    ),
    "laravelprev": (
        """\
[2024-01-01 10:00:00] production.ERROR: SQLSTATE[HY000] [2002] Connection refused (SQL: select 1) {"exception":"[object] (Illuminate\\\\Database\\\\QueryException(code: 2002): SQLSTATE[HY000] [2002] Connection refused (SQL: select 1) at /var/www/shop/vendor/laravel/framework/src/Illuminate/Database/Connection.php:760)
[stacktrace]
#0 /var/www/shop/vendor/laravel/framework/src/Illuminate/Database/Connection.php(720): run()
#1 /var/www/shop/app/Price.php(12): select()
#2 {main}

[previous exception] [object] (PDOException(code: 2002): SQLSTATE[HY000] [2002] Connection refused at /var/www/shop/vendor/laravel/framework/src/Illuminate/Database/Connectors/Connector.php:70)
[stacktrace]
#0 /var/www/shop/vendor/laravel/framework/src/Illuminate/Database/Connectors/Connector.php(70): __construct()
#1 {main}
"} """,
        [
            (
                0,
                10,
                "PDOException",
                "/var/www/shop/vendor/laravel/framework/src/Illuminate/Database/Connectors/Connector.php",
                70,
                "network-or-timeout",
                False,
            )
        ],
    ),
    "laraveltwice": (
        """\
[2024-01-01 10:00:00] local.ERROR: Uncaught LogicException: no price in /var/www/shop/app/Price.php:9
Stack trace:
#0 /var/www/shop/app/Price.php(12): find()
#1 {main}
  thrown {"exception":"[object] (Symfony\\\\Component\\\\ErrorHandler\\\\Error\\\\FatalError(code: 0): Uncaught LogicException: no price in /var/www/shop/app/Price.php:9
Stack trace:
#0 /var/www/shop/app/Price.php(12): find()
#1 {main}
  thrown at /var/www/shop/app/Price.php:9)
[stacktrace]
#0 {main}
"} 
[2024-01-01 10:00:01] local.INFO: next
""",
        [(0, 11, "LogicException", "/var/www/shop/app/Price.php", 9, "assertion-or-invariant", False)],
    ),
    "symfony": (
        """\
[2024-01-01T10:00:00.000000+00:00] request.CRITICAL: Uncaught PHP Exception TypeError: "Basket::total(): Argument #1 must be of type int, string given" at /app/src/Basket.php line 9 {"exception":"[object] (TypeError(code: 0): Basket::total(): Argument #1 must be of type int, string given at /app/src/Basket.php:9)"} []""",
        [(0, 0, "TypeError", "/app/src/Basket.php", 9, "type-mismatch", False)],
    ),
    "html": (
        """\
<br />
<b>Fatal error</b>:  Uncaught Error: Call to undefined function basket_total() in /var/www/html/index.php:3
Stack trace:
#0 {main}
  thrown in <b>/var/www/html/index.php</b> on line <b>3</b><br />""",
        [(1, 4, "Error", "/var/www/html/index.php", 3, "type-mismatch", False)],
    ),
    "wp": (
        """\
[01-Jan-2024 10:00:00 UTC] PHP Fatal error:  Allowed memory size of 268435456 bytes exhausted (tried to allocate 20480 bytes) in /var/www/html/wp-includes/class-wp-query.php on line 1200""",
        [(0, 0, "Fatal error", "/var/www/html/wp-includes/class-wp-query.php", 1200, "resource-exhaustion", False)],
    ),
    "parse": (
        """\
PHP Parse error:  syntax error, unexpected token "}", expecting ";" in /srv/desk/basket.php on line 12""",
        [(0, 0, "Parse error", "/srv/desk/basket.php", 12, "parsing-or-encoding", False)],
    ),
    "phpunit": (
        """\
There was 1 error:

1) Tests\\BasketTest::testTotal
TypeError: Basket::total(): Argument #1 ($factor) must be of type int, string given, called in /app/tests/BasketTest.php on line 12

/app/src/Basket.php:9
/app/tests/BasketTest.php:12

FAILURES!""",
        [(2, 6, "TypeError", "/app/src/Basket.php", 9, "type-mismatch", False)],
    ),
    "phpunitfail": (
        """\
1) BasketTest::testTotal
Failed asserting that 1 matches expected 2.

/app/tests/BasketTest.php:15""",
        [
            (
                0,
                3,
                "PHPUnit\\Framework\\ExpectationFailedException",
                "/app/tests/BasketTest.php",
                15,
                "assertion-or-invariant",
                False,
            )
        ],
    ),
    "collision": (
        """\
   ErrorException 

  Undefined variable $answer

  at app/Http/Price.php:31
     27▕     {
     28▕ 
  ➜  31▕         return $answer;

      +1 vendor frames 

  2   app/Http/Kernel.php:12
      App\\Http\\Price::show()""",
        [(0, 12, "ErrorException", "app/Http/Price.php", 31, "null-or-undefined", False)],
    ),
    "bugsnag": (
        """\
Uncaught ErrorException: Undefined variable: errors in /var/www/app/storage/views/7883.php:196
Stack trace:
#0 /var/www/app/storage/views/7883.php(196): Illuminate\\Foundation\\Bootstrap\\HandleExceptions->handleError(8, 'Undefined varia...')
#1 /var/www/app/vendor/laravel/View.php(42): include('/var/www/bushfi...')""",
        [(0, 3, "ErrorException", "/var/www/app/storage/views/7883.php", 196, "null-or-undefined", False)],
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shape(name: str) -> None:
    text, expected = SHAPES[name]
    found = []
    for crash in parse(ANALYZER, text):
        frame = culprit(crash.root)
        place = (frame.file, frame.line) if frame is not None else (None, None)
        finding = ANALYZER.explain(crash, None)
        assert finding is not None
        found.append(
            (crash.first_line, crash.last_line, crash.root.crash_type, *place, finding.category, crash.handled)
        )
    assert found == expected


# ruff: noqa: E501, W291 -- the shapes are as wide as reports are, and end as they do.
