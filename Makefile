# Needs make and Python 3.11 to 3.14, nothing else: everything is installed from requirements.lock into .venv.

# The Python to build .venv with; empty: the first of CANDIDATES that requirements.lock has wheels for.
PYTHON ?=
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
VENV := .venv
BIN := $(VENV)/bin

# The headline study: `make study` writes results/headline again.
STUDY ?= sweep scenarios/birth-nghe-an-2024.yaml --out results/headline --replace --lang en,vi --tables none --bundles birth --replications 4 \
	--vary regime=separate-2006,linked-paper-2015,linked-online-2024 \
	--vary reading=by-the-letter,calendar-days,as-habits-are,at-its-best \
	--also uptake='47.8 %,74.4 %,95 %' --also staffing='1 x,0.7 x' \
	--baseline separate-2006

# Without bytecode each process that the tests start would compile all of Numba's source anew: five seconds.
unexport PYTHONDONTWRITEBYTECODE

# Workers of `make test`; 0 runs the tests in one process.
JOBS ?= auto

UV_VERSION := 0.13.9

PIP = $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

define FIND_PYTHON
set -e; python=; \
for candidate in $(or $(PYTHON),$(CANDIDATES)); do \
	if $$candidate -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then \
		python=$$candidate; break; \
	fi; \
done; \
if [ -z "$$python" ]; then \
	echo "lienthong needs Python 3.11 to 3.14; none found among: $(or $(PYTHON),$(CANDIDATES))." >&2; \
	echo "Install one, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	exit 1; \
fi
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install study page holidays test lint bench bench-compare bench-trial lock clean

help:  ## list the targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)$$/make \1|\2/p' Makefile | awk -F'|' '{ printf "%-19s %s\n", $$1, $$2 }'

install: $(VENV)/.installed  ## make .venv with all of requirements.lock and lienthong itself

# A changed lock makes the environment anew, so that nothing unlocked lingers in it.
# Wheels only: a source archive would be built with tools that the lock does not name.
# Bytecode is left to the first import: compiling all of it takes longer than the rest of the install.
$(VENV)/.locked: requirements.lock
	@$(FIND_PYTHON); \
	echo "Making $(VENV) with $$($$python --version)"; \
	rm -rf $(VENV); \
	$$python -m venv $(VENV)
	@echo "Installing requirements.lock (about a minute)"
	@$(PIP) install --no-compile --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(VENV)/.installed: $(VENV)/.locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@$(BIN)/python -m pip check
	@echo "Compiling the engine (about half a minute)"
	@$(BIN)/python -m sim.engines.fast
	@touch $@

study: install  ## run the headline study into results/headline
	$(BIN)/lienthong $(STUDY)

page: install  ## serve the page of levers; PAGE='SCENARIO --port N' says which and where
	$(BIN)/lienthong page $(PAGE)

# After a change of the locked version; another one than the file is of is asked itself, at each start.
holidays: install  ## keep what the locked holidays library says of Viet Nam
	$(BIN)/python -c "from sim import public_holidays as p; p.KEPT.write_text(p.text_to_keep(), encoding='utf-8')"

test: install  ## run the tests
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -p no:benchmark tests

lint: install  ## check style, types and the layers of the architecture
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install  ## time the engines, alone and beside their peers
	$(BIN)/python -m pytest -q benchmarks --benchmark-json benchmarks/recorded/bench.json

bench-compare: install  ## say whether the working tree is slower than BASE=<revision>, and fail if it is
	@$(BIN)/python benchmarks/compare.py -- '$(BASE)'

bench-trial: install  ## try on a busy machine how often bench-compare is right (more than an hour)
	$(BIN)/python benchmarks/compare_trial.py benchmarks/recorded/compare.json

# Keeps the versions already locked where it can; `make lock UPGRADE=--upgrade` takes the newest.
lock:  ## write requirements.lock again, after a change of dependencies
	@$(FIND_PYTHON); \
	$$python -m venv $(VENV)-lock; \
	trap 'rm -rf $(VENV)-lock' EXIT; \
	$(VENV)-lock/bin/python -m pip --quiet --disable-pip-version-check install uv==$(UV_VERSION); \
	$(VENV)-lock/bin/uv pip compile pyproject.toml --extra dev --output-file requirements.lock \
		--universal --python-version 3.11 --fork-strategy fewest --generate-hashes $(UPGRADE) \
		--no-config --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --quiet

clean:  ## remove .venv and every cache
	rm -rf $(VENV) $(VENV)-lock .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .benchmarks build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
