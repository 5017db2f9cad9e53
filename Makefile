# Crashlight. `make run` shows what it does; `make test` checks everything. Both are quick the second time.

PYTEST ?= .venv/bin/pytest
export CRASHLIGHT_TEST_HOME := $(CURDIR)/.cache/home

.PHONY: run test setup setup-tests lint unit bench quality vsix dist clean

run:
	@scripts/run.sh

test: setup-tests lint unit

setup:
	@scripts/setup.sh dev

setup-tests: setup
	@scripts/setup-tests.sh

lint: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

unit: setup-tests
	$(PYTEST) --cov --cov-report=term:skip-covered --cov-fail-under=80

bench: setup-tests
	.venv/bin/crashlight bench editor
	.venv/bin/crashlight bench scan
	.venv/bin/crashlight bench latency
	.venv/bin/crashlight bench db
	.venv/bin/crashlight bench sandbox

quality: setup
	.venv/bin/crashlight bench quality --write-page docs/accuracy.md

vsix: setup
	@editor-clients/vscode/package.sh

dist: setup
	.venv/bin/python -m build --no-isolation

clean:
	rm -rf .venv .cache artefacts dist
