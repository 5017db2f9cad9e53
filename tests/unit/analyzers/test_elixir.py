"""The Elixir and Erlang analyzer on shapes of reports that the small programs do not print."""

from pathlib import Path

import pytest

from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "elixir")

# name: (text, reports), and a report is (first line, last line, class, file and line of the culprit, category, handled)
SHAPES = {
    "genserver": (
        """\
15:22:12.555 [error] GenServer Shop.Consumer terminating
** (FunctionClauseError) no function clause matching in Shop.Consumer.terminate/2
    lib/consumer.ex:306: Shop.Consumer.terminate({:noproc, {GenServer, :call, [1]}}, %{a: 1})
    (stdlib) gen_server.erl:673: :gen_server.try_terminate/3
    (stdlib) proc_lib.erl:249: :proc_lib.init_p_do_apply/3
Last message: :init
State: %{config: []}""",
        [(0, 6, "FunctionClauseError", "lib/consumer.ex", 306, "unhandled-input", False)],
    ),
    "exited": (
        """\
GenServer #PID<0.3098.0> terminating
** (stop) exited in: GenServer.stop(#PID<0.3099.0>, :normal, :infinity)
    ** (EXIT) no process: the process is not alive or there's no process currently associated with the given name
    (elixir 1.15.7) lib/gen_server.ex:1031: GenServer.stop/3
    (highlander 0.2.1) lib/highlander.ex:101: Highlander.terminate/2
Last message: {:EXIT, 1}""",
        [(0, 5, "stop", "lib/highlander.ex", 101, "concurrency", False)],
    ),
    "phoenix": (
        """\
[error] #PID<0.600.0> running ShopWeb.Endpoint (connection #PID<0.599.0>, stream id 1) terminated
Server: localhost:4000 (http)
Request: GET /baskets
** (exit) an exception was raised:
    ** (KeyError) key :owner not found in: %{id: 1}
        (shop 0.1.0) lib/shop_web/controllers/basket_controller.ex:12: ShopWeb.BasketController.show/2
        (phoenix 1.7.2) lib/phoenix/controller.ex:1: Phoenix.Controller.action/2""",
        [(0, 6, "KeyError", "lib/shop_web/controllers/basket_controller.ex", 12, "missing-key-or-index", False)],
    ),
    "exunit": (
        """\
  1) test totals (Shop.BasketTest)
     test/basket_test.exs:5
     Assertion with == failed
     code:  assert Basket.total(b) == 2
     left:  1
     right: 2
     stacktrace:
       test/basket_test.exs:7: (test)""",
        [(0, 7, "ExUnit.AssertionError", "test/basket_test.exs", 7, "assertion-or-invariant", False)],
    ),
    "erlang": (
        """\
=ERROR REPORT==== 31-Mar-2015::10:18:25 ===
** Generic server <0.112.0> terminating 
** Last message in was {watch,<<"x">>}
** Reason for termination == 
** {function_clause,
       [{shop_basket,total,
            [1],
            [{file,"src/shop_basket.erl"},{line,81}]},
        {gen_server,try_terminate,3,[{file,"gen_server.erl"},{line,621}]}]}""",
        [(0, 8, "error", "src/shop_basket.erl", 81, "unhandled-input", False)],
    ),
    "erlprocess": (
        """\
Error in process <0.83.0> with exit value:
{badarith,[{shop,total,1,[{file,"shop.erl"},{line,7}]},
           {shop,main,0,[{file,"shop.erl"},{line,3}]}]}""",
        [(0, 2, "error", "shop.erl", 7, "numeric", False)],
    ),
    "compile": (
        """\
== Compilation error in file lib/basket.ex ==
** (CompileError) lib/basket.ex:3: undefined function totl/1
    (stdlib 3.17) lists.erl:1338: :lists.foreach/2""",
        [(1, 2, "CompileError", "lib/basket.ex", 3, "version-or-api-mismatch", False)],
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


# ruff: noqa: W291 -- the shapes are as wide as reports are, and end as they do.
