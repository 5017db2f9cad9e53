"""The JavaScript analyzer on shapes of reports that the small programs do not print."""

from pathlib import Path

import pytest

from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "node")

# name: (text, reports), and a report is (first line, last line, class, file and line of the culprit, category, handled)
SHAPES = {
    "sentryish": (
        """\
[12/29/2021, 3:22:05 PM] TypeError: Cannot read properties of undefined (reading 'tmp')
    at Accessory.updateTemperature (/homebridge/node_modules/@x/hb/src/platformAccessory.ts:524:44)
    at processTicksAndRejections (node:internal/process/task_queues:96:5)""",
        [
            (
                0,
                2,
                "TypeError",
                "/homebridge/node_modules/@x/hb/src/platformAccessory.ts",
                524,
                "null-or-undefined",
                False,
            )
        ],
    ),
    "unhandledRej": (
        """\
You have triggered an unhandledRejection, you may have forgotten to catch a Promise rejection:
TypeError: Cannot read property 'url' of undefined
    at bids.find.bid (/home/xx/shop/promoter.js:519:75)
    at Array.find (native)
    at <anonymous>
    at process._tickCallback (internal/process/next_tick.js:160:7)""",
        [(1, 5, "TypeError", "/home/xx/shop/promoter.js", 519, "null-or-undefined", False)],
    ),
    "warn": (
        """\
(node:14580) UnhandledPromiseRejectionWarning: TypeError: Cannot read property 'port' of undefined
    at Provider.get (C:\\Users\\me\\Desktop\\shop\\backend\\Provider.js:58:97)
    at ontimeout (timers.js:436:11)
(node:14580) UnhandledPromiseRejectionWarning: Unhandled promise rejection. This error originated either by throwing inside of an async function""",
        [(0, 2, "TypeError", "C:\\Users\\me\\Desktop\\shop\\backend\\Provider.js", 58, "null-or-undefined", False)],
    ),
    "jest": (
        """\
 FAIL  src/Basket.test.js
  ● Basket › totals

    expect(received).toBe(expected) // Object.is equality

    Expected: true
    Received: false

      2 | 
      3 |     test('totals', ()=>{
    > 4 |         expect(false).toBe(true);
        |                       ^
      5 |     });

      at Object.<anonymous> (src/Basket.test.js:4:23)""",
        [(3, 14, "AssertionError", "src/Basket.test.js", 4, "assertion-or-invariant", False)],
    ),
    "jestnested": (
        """\
  ● Test suite failed to run

    SyntaxError: Invalid regular expression: /x/: Unterminated character class
        at new RegExp (<anonymous>)

      at shouldTransform (node_modules/jest-runtime/build/script_transformer.js:603:9)""",
        [(2, 5, "SyntaxError", None, None, "parsing-or-encoding", False)],
    ),
    "vitest": (
        """\
 FAIL  src/basket.test.ts > basket > totals
AssertionError: expected 1 to be 2 // Object.is equality

- Expected
+ Received

- 2
+ 1

 ❯ src/basket.test.ts:11:23
      9|   it('totals', () => {
     10|     const basket = new Basket()
     11|     expect(basket.total()).toBe(2)
       |                            ^""",
        [(1, 13, "AssertionError", "src/basket.test.ts", 11, "assertion-or-invariant", False)],
    ),
    "mocha": (
        """\
  1) Basket
       totals:

      AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:

1 !== 2

      + expected - actual

      -1
      +2
      
      at Context.<anonymous> (test/basket.js:7:14)
      at process.processImmediate (node:internal/timers:476:21)""",
        [(3, 13, "AssertionError", "test/basket.js", 7, "assertion-or-invariant", False)],
    ),
    "deno": (
        """\
error: Uncaught (in promise) TypeError: Cannot read properties of null (reading 'name')
    console.log(basket.owner.name);
                             ^
    at total (file:///srv/desk/basket.ts:3:30)
    at file:///srv/desk/main.ts:1:1""",
        [(0, 4, "TypeError", "file:///srv/desk/basket.ts", 3, "null-or-undefined", False)],
    ),
    "bun": (
        """\
1 | const basket = { owner: null };
2 | console.log(basket.owner.name);
                       ^
TypeError: null is not an object (evaluating 'basket.owner.name')
      at /srv/desk/basket.ts:2:20

Bun v1.1.0 (Linux x64)""",
        [(0, 6, "TypeError", "/srv/desk/basket.ts", 2, "null-or-undefined", False)],
    ),
    "chrome": (
        """\
Uncaught (in promise) TypeError: t.map is not a function
    at e.render (main.3f2a.chunk.js:1:23456)
    at Xa (https://shop.example/static/js/vendors~main.chunk.js:2:1234)""",
        [(0, 2, "TypeError", "main.3f2a.chunk.js", 1, "type-mismatch", False)],
    ),
    "react": (
        """\
Warning: Each child in a list should have a unique "key" prop.
    in Item (at List.js:12)
    in List (at App.js:3)""",
        [],
    ),
    "babel": (
        """\
SyntaxError: /srv/desk/src/App.js: Unexpected token (7:35)

   5 |
   6 | it('renders', () => {
>  7 |   const rendered = create(<App />);
     |                           ^
   8 | });
    at Parser._raise (/srv/desk/node_modules/@babel/parser/lib/index.js:766:17)
    at Parser.raise (/srv/desk/node_modules/@babel/parser/lib/index.js:759:17)""",
        [(0, 8, "SyntaxError", "/srv/desk/src/App.js", 7, "parsing-or-encoding", False)],
    ),
    "firefox": (
        """\
TypeError: basket.owner is undefined
total@http://localhost:8080/basket.js:3:12
onclick@http://localhost:8080/index.html:1:1""",
        [(0, 2, "TypeError", "http://localhost:8080/basket.js", 3, "null-or-undefined", False)],
    ),
    "rn": (
        """\
TypeError: undefined is not an object (evaluating 'this.props.navigation.state'), js engine: hermes
    at render (address at index.android.bundle:1:234567)
    at anonymous (index.android.bundle:1:1234)""",
        [(0, 2, "TypeError", "index.android.bundle", 1, "null-or-undefined", False)],
    ),
    "nextjs": (
        """\
 ⨯ TypeError: Cannot read properties of undefined (reading 'map')
    at Page (./app/page.tsx:12:20)
    at stringify (<anonymous>)""",
        [(0, 2, "TypeError", "./app/page.tsx", 12, "null-or-undefined", False)],
    ),
    "prisma": (
        """\
PrismaClientKnownRequestError: 
Invalid `prisma.user.create()` invocation in
/srv/desk/src/user.ts:12:24

  9 
 10 async function main() {
→ 12   const user = await prisma.user.create(
Unique constraint failed on the fields: (`email`)
    at RequestHandler.handleRequestError (/srv/desk/node_modules/@prisma/client/runtime/index.js:171:12)
    at async main (/srv/desk/src/user.ts:12:10)""",
        [(0, 9, "PrismaClientKnownRequestError", "/srv/desk/src/user.ts", 12, "assertion-or-invariant", False)],
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


# ruff: noqa: E501, W291, W293 -- the shapes are as wide as reports are, and end as they do.
