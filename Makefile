# Everything a developer needs. `make help` says what there is.

PYTHON ?= python3
ARGS ?=

BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
STAMP := .venv/.installed
LOCKING := .venv-lock

# A benchmark whose name starts with an underscore is a helper of others.
BENCHMARKS := $(filter-out benchmarks/_%,$(sort $(wildcard benchmarks/*.py)))

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak fmt lock clean

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'ARGS="…" is passed on by run, test, soak and lock; PYTHON=… chooses the interpreter.'

run: $(STAMP) ## compare the channels: make run ARGS="officer_change --lang ja"
	@$(BIN)/tetsuzuki run $(ARGS)

test: $(STAMP) ## run the tests: make test ARGS="tests/test_shelf.py -k wheel"
	@$(BIN)/pytest -n auto --dist worksteal $(ARGS)

check: $(STAMP) ## all that must hold: format, lint, types, floors, tests, coverage
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -n auto --dist worksteal -m 'not heavy' --cov
	@$(BIN)/pytest -n auto --dist worksteal -m heavy

bench: $(STAMP) ## run every benchmark in order
	@set -e; for script in $(BENCHMARKS); do echo "== $$script"; $(BIN)/python "$$script"; done

soak: $(STAMP) ## try 20,000 random models, 2,000 of them in two interpreters
	@SOAK=1 $(BIN)/pytest tests/test_random_models.py tests/test_second_interpreter.py $(ARGS)

fmt: $(STAMP) ## format the code and mend what can be mended
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

lock: ## write requirements.lock anew: make lock ARGS=--upgrade
	@$(PYTHON) -m venv $(LOCKING)
	@$(LOCKING)/bin/python -m pip -qq --disable-pip-version-check install uv
	@$(LOCKING)/bin/uv pip compile pyproject.toml --group dev --quiet --no-config \
		--universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
		$(ARGS) --output-file requirements.lock
	@rm -rf $(LOCKING)

clean: ## remove what the other targets made; results stay
	@rm -rf .venv $(LOCKING) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@rm -rf .coverage .coverage.* build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Making an environment over an old one is harmless and mends one that was left half made.
$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Tetsuzuki needs Python 3.11 or newer, but $(PYTHON) is" \
			"$$(command -v $(PYTHON) >/dev/null && $(PYTHON) --version 2>&1 || echo missing)." \
			"Name another one: make PYTHON=python3.13" >&2; exit 1; }
	@echo 'Installing into .venv …' >&2
	@$(PYTHON) -m venv .venv
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
