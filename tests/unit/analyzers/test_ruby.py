"""The Ruby analyzer on shapes of reports that the small programs do not print."""

from pathlib import Path

import pytest

from crashlight_sdk.reports import culprit
from crashlight_sdk.testing import load, parse

ANALYZER = load(Path(__file__).resolve().parents[3] / "plugins" / "builtin" / "ruby")

# name: (text, reports), and a report is (first line, last line, class, file and line of the culprit, category, handled)
SHAPES = {
    "rspec": (
        """\
Failures:

  1) Basket totals
     Failure/Error: expect(basket.total).to eq(2)

       expected: 2
            got: 1

       (compared using ==)
     # ./spec/basket_spec.rb:5:in `block (2 levels) in <top (required)>'

  2) Basket names its owner
     Failure/Error: owner.name

     NoMethodError:
       undefined method `name' for nil:NilClass
     # ./lib/basket.rb:3:in `owner_name'
     # ./spec/basket_spec.rb:9:in `block (2 levels) in <top (required)>'""",
        [
            (
                2,
                9,
                "RSpec::Expectations::ExpectationNotMetError",
                "./spec/basket_spec.rb",
                5,
                "assertion-or-invariant",
                False,
            ),
            (11, 17, "NoMethodError", "./lib/basket.rb", 3, "null-or-undefined", False),
        ],
    ),
    "ruby34": (
        """\
basket.rb:3:in 'Basket#owner_name': undefined method 'name' for nil (NoMethodError)

    owner.name
         ^^^^^
	from basket.rb:9:in '<main>'""",
        [(0, 4, "NoMethodError", "basket.rb", 3, "null-or-undefined", False)],
    ),
    "reversed": (
        """\
Traceback (most recent call last):
	2: from basket.rb:9:in `<main>'
	1: from basket.rb:6:in `total'
basket.rb:3:in `owner_name': undefined method `name' for nil:NilClass (NoMethodError)""",
        [(0, 3, "NoMethodError", "basket.rb", 3, "null-or-undefined", False)],
    ),
    "rails": (
        """\
ActionView::Template::Error (undefined method `name' for nil:NilClass):
    1: <h1>
    2:   <%= @basket.owner.name %>
    3: </h1>
  
app/views/baskets/show.html.erb:2:in `_app_views_baskets_show_html_erb'
app/controllers/baskets_controller.rb:12:in `show'""",
        [(0, 6, "ActionView::Template::Error", "app/views/baskets/show.html.erb", 2, "null-or-undefined", False)],
    ),
    "railsgem": (
        """\
NoMethodError (undefined method `name' for nil:NilClass):
  
app/models/basket.rb:7:in `owner_name'
actionpack (7.0.4) lib/action_controller/metal/basic_implicit_render.rb:6:in `send_action'""",
        [(0, 3, "NoMethodError", "app/models/basket.rb", 7, "null-or-undefined", False)],
    ),
    "rake": (
        """\
rake aborted!
NameError: uninitialized constant Basket::PriceList
/srv/desk/Rakefile:3:in `block in <top (required)>'
/srv/gems/ruby/3.1.0/gems/rake-13.0.6/exe/rake:27:in `<top (required)>'
Tasks: TOP => default""",
        [(1, 3, "NameError", "/srv/desk/Rakefile", 3, "null-or-undefined", False)],
    ),
    "sidekiq": (
        """\
WARN: RuntimeError: the till is closed
WARN: /srv/desk/app/workers/price_worker.rb:9:in `perform'
WARN: /srv/gems/gems/sidekiq-6.5.1/lib/sidekiq/processor.rb:202:in `execute_job'""",
        [],
    ),
    "bundler": (
        """\
bundler: failed to load command: puma (/usr/local/bundle/bin/puma)
/usr/local/bundle/gems/puma-5.6.4/lib/puma/configuration.rb:12:in `load': cannot load such file -- pricelib (LoadError)
	from /usr/local/bundle/gems/puma-5.6.4/lib/puma/cli.rb:75:in `run'""",
        [
            (
                1,
                2,
                "LoadError",
                "/usr/local/bundle/gems/puma-5.6.4/lib/puma/configuration.rb",
                12,
                "missing-dependency",
                False,
            )
        ],
    ),
    "syntax": (
        """\
basket.rb:5: syntax error, unexpected end-of-input, expecting `end' (SyntaxError)""",
        [(0, 0, "SyntaxError", "basket.rb", 5, "parsing-or-encoding", False)],
    ),
    "bug": (
        """\
basket.rb:3: [BUG] Segmentation fault at 0x0000000000000000
ruby 3.1.2p20 (2022-04-12 revision 4491bb740a) [x86_64-linux-gnu]

-- Control frame information -----------------------------------------------
c:0002 p:0008 s:0006 e:000005 EVAL   basket.rb:3 [FINISH]

-- Ruby level backtrace information ----------------------------------------
basket.rb:9:in `<main>'
basket.rb:3:in `price'

[NOTE]
You may have encountered a bug in the Ruby interpreter or extension libraries.""",
        [(0, 10, "SIGSEGV", "basket.rb", 3, "memory-corruption", False)],
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


# ruff: noqa: W293 -- the shapes are as wide as reports are, and end as they do.
