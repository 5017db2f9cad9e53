"""Which crashes are the same one, and which are not; which are nearly so."""

import pytest

from crashlight.logs import Groups, fingerprint
from crashlight.logs.fingerprint import normalised
from crashlight.logs.grouping import similarity
from crashlight.logs.template import template
from crashlight_sdk import Cause, Crash, Frame


def crash(message: str = "boom", *functions: str, crash_type: str = "Error", file: str = "/srv/app/a.py") -> Crash:
    frames = tuple(Frame(file, 10, function, origin="app") for function in functions or ("f", "g"))
    return Crash("python", 0, 5, (Cause(crash_type, message, frames),))


@pytest.mark.parametrize(
    "one, other",
    [
        ("order 4711 has no items", "order 99 has no items"),
        ("connect to 10.0.0.1:5432 refused", "connect to 192.168.7.12:5433 refused"),
        ("connect to db-7f9c.internal:5432 refused", "connect to db-1a2b.internal:5432 refused"),
        ("bad pointer 0x7f00deadbeef", "bad pointer 0x55aa12345678"),
        ("user 1b4e28ba-2fa1-11d2-883f-0016d3cca427 is gone", "user 6fa459ea-ee8a-3ca4-894e-db77e160355e is gone"),
        ("cannot open /tmp/abc123/data.bin", "cannot open /tmp/zz9/data.bin"),
        ("timeout after 1.5 s", "timeout after 30 s"),
        ("at 2026-05-01T12:00:00Z it stopped", "at 2025-01-31T23:59:59.123+02:00 it stopped"),
        ("com.example.Order@1a2b3c4d is closed", "com.example.Order@99ffee00 is closed"),
        ("'order-4711' not found", "'order-1' not found"),
        ("mail to ada@example.com failed", "mail to bob.b@example.org failed"),
        ("commit 1a2b3c4d5e failed", "commit deadbee123 failed"),
    ],
)
def test_what_differs_from_run_to_run_does_not_count(one: str, other: str) -> None:
    assert fingerprint(crash(one)) == fingerprint(crash(other))


@pytest.mark.parametrize(
    "one, other",
    [
        (crash("'user_id'"), crash("'order_id'")),
        (crash("x", "f", "g"), crash("x", "h", "g")),
        (crash("x", crash_type="KeyError"), crash("x", crash_type="IndexError")),
        (crash("x", file="/srv/app/a.py"), crash("x", file="/srv/app/b.py")),
        (crash("no module named 'yaml'"), crash("no module named 'toml'")),
    ],
)
def test_other_bugs_have_other_fingerprints(one: Crash, other: Crash) -> None:
    assert fingerprint(one).key != fingerprint(other).key


@pytest.mark.parametrize(
    "one, other",
    [
        ("lambda$total$0", "lambda$total$3"),
        ("main.serve.func1.2", "main.serve.func2.1"),
        ("orders::price::h0123456789abcdef", "orders::price::hfedcba9876543210"),
        ("std::vector<int, std::allocator<int> >::at", "std::vector<long, std::allocator<long> >::at"),
        ("com.example.Shop$$Lambda$14/0x0000000800c03000.run", "com.example.Shop$$Lambda$27/0x0000000840066c40.run"),
        (
            "com.example.Shop$$EnhancerBySpringCGLIB$$1a2b3c4d.save",
            "com.example.Shop$$EnhancerBySpringCGLIB$$99ff00aa.save",
        ),
        ("block (2 levels) in total", "block (3 levels) in total"),
        ("async total", "total"),
        ("{closure#0}", "{closure#1}"),
    ],
)
def test_generated_names_are_one_name(one: str, other: str) -> None:
    assert normalised(Frame("a", 1, one)) == normalised(Frame("a", 2, other))


def test_a_hashed_bundle_is_one_file() -> None:
    assert normalised(Frame("https://x/main.4f3a2b1c.js", 1, "f")) == normalised(
        Frame("/y/main.99aa00bb.js?v=2", 7, "f")
    )


@pytest.mark.parametrize("rounds", [2, 3, 50, 400])
@pytest.mark.parametrize("cycle", [("f",), ("f", "g"), ("f", "g", "h")])
def test_the_depth_of_a_recursion_does_not_count(cycle: tuple[str, ...], rounds: int) -> None:
    assert fingerprint(crash("deep", *cycle * rounds, "main")) == fingerprint(crash("deep", *cycle, "main"))


def test_frames_of_libraries_do_not_count_where_there_are_own_ones() -> None:
    own = Frame("/srv/app/a.py", 1, "f", origin="app")
    one = Crash("python", 0, 1, (Cause("Error", "x", (Frame("/lib/x.py", 1, "call", origin="library"), own)),))
    other = Crash("python", 0, 1, (Cause("Error", "x", (own,)),))
    assert fingerprint(one) == fingerprint(other)


def test_quoted_names_stay_in_a_template_and_quoted_values_go() -> None:
    assert template("no field 'user_name' in 'a value, 12 long'") == "no field 'user_name' in '<text>'"
    assert template("  many\n\tspaces  ") == "many spaces"


def test_near_misses_are_one_group_with_a_reason() -> None:
    first = fingerprint(crash("boom", "f", "g", "h", "i"))
    near = fingerprint(crash("boom", "f", "g", "h", "k"))
    far = fingerprint(crash("boom", "x", "y"))
    groups = Groups()
    group = groups.add(first)
    assert groups.add(first) is group
    assert groups.add(near) is group
    assert groups.add(far) is not group
    assert group.count == 3
    assert group.reasons == {near.key: "the same message, and 3 of 5 calls in common"}
    assert len(list(groups)) == 2


def test_the_innermost_call_must_be_the_same() -> None:
    assert similarity(fingerprint(crash("boom", "f", "g", "h")), fingerprint(crash("boom", "x", "g", "h"))) is None
    assert similarity(
        fingerprint(crash("cannot read the header of a file")), fingerprint(crash("cannot read the footer of a file"))
    )
