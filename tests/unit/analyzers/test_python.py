"""The Python analyzer on shapes of reports that the small programs do not print."""

from pathlib import Path

import pytest

from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "python")

# name: (text, reports), and a report is (first line, last line, class, file and line of the culprit, category, handled)
SHAPES = {
    "ipython7": (
        """\
---------------------------------------------------------------------------
KeyError                                  Traceback (most recent call last)
<ipython-input-3-0b1c> in <module>
----> 1 load("pears")

~/shop/users.py in load(name)
      1 def load(name):
----> 2     return ROWS[name]

KeyError: 'pears'""",
        [(0, 9, "KeyError", "~/shop/users.py", 2, "missing-key-or-index", False)],
    ),
    "ipython8": (
        """\
---------------------------------------------------------------------------
ValueError                                Traceback (most recent call last)
Cell In[3], line 1
----> 1 load("pears")

File ~/shop/users.py:12, in load(name)
     10 def load(name):
---> 12     return int(name)

ValueError: invalid literal for int() with base 10: 'pears'""",
        [(0, 9, "ValueError", "~/shop/users.py", 12, "parsing-or-encoding", False)],
    ),
    "rich": (
        """\
╭───────────────── Traceback (most recent call last) ──────────────────╮
│ /srv/desk/main.py:12 in main                                          │
│                                                                      │
│    11 def main():                                                    │
│ ❱  12     load("pears")                                              │
│                                                                      │
│ /srv/desk/users.py:3 in load                                         │
│                                                                      │
│ ❱   3     return ROWS[name]                                          │
╰──────────────────────────────────────────────────────────────────────╯
KeyError: 'pears'""",
        [(0, 10, "KeyError", "/srv/desk/users.py", 3, "missing-key-or-index", False)],
    ),
    "pydantic": (
        """\
Traceback (most recent call last):
  File "/srv/desk/main.py", line 3, in <module>
    User(id="x")
  File "/srv/venv/lib/python3.11/site-packages/pydantic/main.py", line 171, in __init__
    self.__pydantic_validator__.validate_python(data, self_instance=self)
pydantic_core._pydantic_core.ValidationError: 1 validation error for User
id
  Input should be a valid integer, unable to parse string as an integer [type=int_parsing, input_value='x', input_type=str]
    For further information visit https://errors.pydantic.dev/2.5/v/int_parsing
Starting over""",
        [(0, 8, "pydantic_core._pydantic_core.ValidationError", "/srv/desk/main.py", 3, "unhandled-input", False)],
    ),
    "sqlalchemy": (
        """\
Traceback (most recent call last):
  File "/srv/desk/main.py", line 3, in <module>
    run()
sqlalchemy.exc.OperationalError: (sqlite3.OperationalError) no such table: users
[SQL: SELECT * FROM users]
(Background on this error at: https://sqlalche.me/e/20/e3q8)""",
        [(0, 5, "sqlalchemy.exc.OperationalError", "/srv/desk/main.py", 3, "version-or-api-mismatch", False)],
    ),
    "loggedinfo": (
        """\
INFO:root:server started on port 80
Traceback (most recent call last):
  File "/srv/desk/main.py", line 3, in <module>
    run()
ValueError: x""",
        [(1, 4, "ValueError", "/srv/desk/main.py", 3, "unhandled-input", False)],
    ),
    "truncated": (
        """\
  File "/srv/desk/a.py", line 3, in f
    g()
  File "/srv/desk/b.py", line 7, in g
    return None.x
AttributeError: 'NoneType' object has no attribute 'x'""",
        [(0, 4, "AttributeError", "/srv/desk/b.py", 7, "null-or-undefined", False)],
    ),
    "nohead-cut": (
        """\
Traceback (most recent call last):
  File "/srv/desk/a.py", line 3, in f
    g()
  File "/srv/desk/b.py", line 7, in g""",
        [(0, 3, "unknown", "/srv/desk/b.py", 7, "other", False)],
    ),
    "windows": (
        """\
Traceback (most recent call last):
  File "C:\\Users\\me\\shop\\main.py", line 3, in <module>
    import numpy
  File "C:\\Python39\\lib\\site-packages\\numpy\\__init__.py", line 140, in <module>
    from . import core
ImportError: DLL load failed while importing _multiarray_umath: The specified module could not be found.""",
        [(0, 5, "ImportError", "C:\\Users\\me\\shop\\main.py", 3, "missing-dependency", False)],
    ),
    "quoted": (
        """\
> Traceback (most recent call last):
>   File "/srv/desk/a.py", line 3, in f
>     g()
> ZeroDivisionError: division by zero
thanks""",
        [(0, 3, "ZeroDivisionError", "/srv/desk/a.py", 3, "numeric", False)],
    ),
    "celery": (
        """\
[2024-01-01 10:00:00,000: ERROR/ForkPoolWorker-1] Task shop.tasks.price[1f2e] raised unexpected: KeyError('pears')
Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/celery/app/trace.py", line 451, in trace_task
    R = retval = fun(*args, **kwargs)
  File "/app/shop/tasks.py", line 12, in price
    return ROWS[name]
KeyError: 'pears'""",
        [(1, 6, "KeyError", "/app/shop/tasks.py", 12, "missing-key-or-index", False)],
    ),
    "tf": (
        """\
Traceback (most recent call last):
  File "train.py", line 30, in <module>
    model.fit(x, y)
  File "/opt/conda/lib/python3.8/site-packages/torch/nn/functional.py", line 1753, in linear
    return torch._C._nn.linear(input, weight, bias)
RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x10 and 20x5)""",
        [(0, 5, "RuntimeError", "train.py", 30, "type-mismatch", False)],
    ),
    "cuda": (
        """\
Traceback (most recent call last):
  File "train.py", line 30, in <module>
    x.cuda()
RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 7.79 GiB total capacity)""",
        [(0, 3, "RuntimeError", "train.py", 30, "resource-exhaustion", False)],
    ),
    "ruby-like": (
        """\
Error in file "x", line 3
nothing""",
        [],
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


# ruff: noqa: E501 -- the shapes are as wide as reports are, and end as they do.
