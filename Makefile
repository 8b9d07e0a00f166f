# Each target does its own set-up: a virtual environment in .venv, with the locked versions.
# On Windows without make: README.md gives the same steps.

VENV := .venv
BIN := $(VENV)/bin
RIVALS := .venv-rivals
WORKERS ?= logical
SCALE ?= 1
RUN := $(VENV)/.installed-run
DEV := $(VENV)/.installed-dev
SPARK := $(VENV)/.installed-spark
PYTHON ?= python3 python3.15 python3.14 python3.13 python3.12 python3.11

.DEFAULT_GOAL := help
.PHONY: help demo test test-docker test-spark test-windows lint bench rivals docs workbook lock tools clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUN) ## make the demo shop's warehouse and its workbook
	@$(BIN)/lgs-excel demo

test: $(DEV) ## run the tests on every core (ARGS="-k sales" picks some; WORKERS=0 is one process, for a debugger)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(ARGS)

test-spark: $(SPARK) ## run the analyses' tests on Spark, too (wants Java 17; ARGS="-k spark" leaves the rest out)
	@LGS_TEST_SPARK=1 $(BIN)/python -m pytest tests/analytics tests/warehouse/test_spark.py $(ARGS)

test-docker: $(DEV) ## run docker-compose.yml for real, on stand-ins for the official images (wants root and Debian's docker.io)
	@LGS_TEST_DOCKER=1 $(BIN)/python -m pytest tests/docker $(ARGS)

test-windows: $(DEV) ## run the tests on Windows' own Python, under Wine (wants Debian's wine, wine64 and mingw-w64)
	@$(BIN)/python -m tests.windows -q -rs $(ARGS)

lint: $(DEV) ## check style, types and which part imports which
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

bench: $(DEV) ## measure speed and memory beside the yardsticks, into build/bench-1.json, too (SCALE=10: ten times the shop)
	@mkdir -p build
	@$(BIN)/python -m benchmarks --scale $(SCALE) --json build/bench-$(SCALE).json $(ARGS)

rivals: $(RIVALS)/.installed ## install the libraries that predictions are measured against (for bench)

docs: $(DEV) ## write docs/cli.md from the commands' own help
	@$(BIN)/python docs/make_cli.py

workbook: $(DEV) ## build workbook/LGS_Analytics.xlsm from VBA, ribbon and the worksheet functions
	@$(BIN)/python -m lgs_excel.addin.build.vba_wrappers
	@$(BIN)/python -m lgs_excel.addin.build.workbook
	@$(BIN)/lgs-excel build-workbook --out workbook/LGS_Analytics.xlsm

tools: ## install Microsoft's Open XML validator and caniemail's table for the tests (wants node)
	@npm install --prefix tests/tools --no-save --no-audit --no-fund

# One resolution for every platform and Python; run.txt is the part of dev.txt that running needs.
# UPGRADE=--upgrade takes the newest versions.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(UPGRADE)

lock: $(DEV) ## lock versions and hashes again, after a change of dependencies
	@$(COMPILE) pyproject.toml --group dev --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --group build --constraints requirements/dev.txt --no-annotate --output-file requirements/run.txt
	@$(COMPILE) pyproject.toml --group dev --group spark --constraints requirements/dev.txt --no-annotate \
		--output-file requirements/spark.txt
	@$(COMPILE) --group rivals --no-annotate --output-file requirements/rivals.txt

clean: ## remove the environment and all that the tools left behind
	rm -rf $(VENV) $(RIVALS) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache tests/tools/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.installed-%: requirements/%.txt pyproject.toml | $(BIN)/python
	@echo "Installing the locked versions into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# pandas 2, so apart.
$(RIVALS)/.installed: requirements/rivals.txt | $(BIN)/python
	@echo "Installing the locked versions into $(RIVALS) ..."
	@$(BIN)/python -m venv --clear $(RIVALS)
	@$(RIVALS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(BIN)/python:
	@for python in $(PYTHON); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip' 2>/dev/null || { \
			echo "$$python cannot make virtual environments: install python3-venv (apt-get install python3-venv), then run make again." >&2; exit 1; }; \
		exec "$$python" -m venv --clear $(VENV); \
	done; \
	echo "No Python 3.11 or newer found (tried: $(PYTHON)): install one, or name it with make PYTHON=/path/to/python." >&2; exit 1
