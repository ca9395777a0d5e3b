# Everything a developer needs. `make help` says what there is.

PYTHON ?= python3
ARGS ?=

# Tests start many programs, which need not all read the sources anew.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
RUN := .venv/.run
DEV := .venv/.dev
LOCKING := .venv-lock

# A lock names all there is to install. Resolving it again would let releases in that came later.
INSTALL := $(PIP) install --no-deps --require-hashes

# The locks hold for every system and Python; the one that was there keeps its versions.
LOCK := $(LOCKING)/bin/uv pip compile pyproject.toml --quiet --no-config --universal \
	--python-version 3.11 --fork-strategy fewest --generate-hashes --no-emit-index-url \
	--no-emit-find-links --custom-compile-command 'make lock'

# A benchmark whose name starts with an underscore is a helper of others; mutants take an hour.
BENCHMARKS := $(filter-out benchmarks/_% benchmarks/mutants.py,$(sort $(wildcard benchmarks/*.py)))

.DEFAULT_GOAL := help
.PHONY: help run test check bench soak mutants wheel fmt lock clean

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo 'ARGS="…" is passed on by run, test, soak, mutants and lock; PYTHON=… chooses the interpreter.'

run: $(RUN) ## compare the channels: make run ARGS="officer_change --lang ja"
	@$(BIN)/tetsuzuki run $(ARGS)

# What takes long is left to `check`, unless it is asked for.
test: $(DEV) ## run all but the heavy tests, or what is named: make test ARGS=tests/families
	@$(BIN)/pytest -n auto --dist worksteal $(or $(ARGS),-m 'not heavy')

check: $(DEV) ## all that must hold: format, lint, types, floors, tests, coverage
	@$(BIN)/ruff format --check
	@$(BIN)/ruff check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/pytest -n auto --dist worksteal -m 'not heavy' --cov
	@$(BIN)/pytest -n auto --dist worksteal -m heavy

bench: $(DEV) ## run every benchmark in order
	@set -e; for script in $(BENCHMARKS); do echo "== $$script"; $(BIN)/python "$$script"; done

soak: $(DEV) ## try 20,000 random models, 2,000 in two interpreters, and 5,000 slips in files
	@SOAK=1 $(BIN)/pytest -n auto --dist worksteal tests/test_random_models.py \
		tests/test_second_interpreter.py tests/test_fuzz.py tests/study/test_mutations.py $(ARGS)

mutants: $(DEV) ## change the engine in 200 small ways and count what tests see (an hour)
	@$(BIN)/python benchmarks/mutants.py $(ARGS)

wheel: $(RUN) ## build dist/tetsuzuki-*.whl for pipx, uv or pip
	@$(BIN)/hatchling build --target wheel

fmt: $(DEV) ## format the code and mend what can be mended
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

lock: ## write the two locks anew: make lock ARGS=--upgrade
	@$(PYTHON) -m venv $(LOCKING)
	@$(LOCKING)/bin/python -m pip -qq --disable-pip-version-check install uv
	@$(LOCK) --group dev $(ARGS) --output-file requirements-dev.lock
	@cp requirements-dev.lock requirements.lock
	@$(LOCK) --group build --output-file requirements.lock
	@rm -rf $(LOCKING)

clean: ## remove what the other targets made; results stay
	@rm -rf .venv $(LOCKING) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@rm -rf .coverage .coverage.* build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# An environment is made anew, so that nothing is left in it that a lock no longer names.
$(RUN): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Tetsuzuki needs Python 3.11 or newer, but $(PYTHON) is" \
			"$$(command -v $(PYTHON) >/dev/null && $(PYTHON) --version 2>&1 || echo missing)." \
			"Name another one: make PYTHON=python3.13" >&2; exit 1; }
	@echo 'Installing into .venv …' >&2
	@$(PYTHON) -m venv --clear .venv
	@$(INSTALL) -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@$(PIP) check
	@touch $@

$(DEV): $(RUN) requirements-dev.lock
	@echo 'Installing the development tools …' >&2
	@$(INSTALL) -r requirements-dev.lock
	@$(PIP) check
	@touch $@
