# `make` lists the targets. Everything happens in .venv; the second time only what changed is installed.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(shell grep -m1 ^uv== requirements.txt)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help install demo test check format docs pictures eval train bench fuzz clean

help: ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# uv installs in seconds; where it cannot be had, pip does it in minutes. A Python without ensurepip (Debian's, without
# python3.11-venv) gets its environment from a uv that its pip puts into .boot.
$(READY): requirements.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV) \
	  && echo "this Python cannot make an environment; trying with uv" \
	  && $(PYTHON) -m pip install --quiet --disable-pip-version-check --target .boot $(UV) \
	  && PYTHONPATH=.boot $(PYTHON) -m uv venv --quiet --seed --python $(PYTHON) $(VENV); } \
	  || { echo "no environment could be made: install the package python3.11-venv"; exit 1; }
	@echo "installing the requirements into $(VENV) (once)"
	@$(PIP) $(UV) && $(BIN)/uv pip install --quiet --python $(BIN)/python -r requirements.txt \
	  || $(PIP) -r requirements.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

install: $(READY) ## make .venv with everything in it

demo: $(READY) ## read the bundled thread, check its claims, print what it decided
	@$(BIN)/threadkb demo
	@echo "  (the command is $(BIN)/threadkb; after \`. $(BIN)/activate\` it is threadkb)"

check: $(READY) ## format, lint, types, import contracts, README
	@$(BIN)/ruff format --check --quiet . || { $(BIN)/ruff format --check .; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python -m cogapp -P --check README.md

test: check ## everything in check, then the whole test suite
	@$(BIN)/python -m pytest -q -n 2 --dist loadgroup

format: $(READY) ## put the code into its format, mend what the linter can
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --fix .

docs: $(READY) ## write the README's generated parts
	@$(BIN)/python -m cogapp -P -r README.md

pictures: $(READY) ## export the README's picture from the real browser
	@mkdir -p data/pictures
	@scratch=$$(mktemp -d) && trap 'rm -rf "$$scratch"' EXIT \
	  && $(BIN)/threadkb demo --db "$$scratch/demo.sqlite" >/dev/null \
	  && $(BIN)/python -m tui.picture "$$scratch/demo.sqlite" data/pictures/browser.svg --size 140x40

SHARED ?= ../shared
eval: $(READY) ## read each annotated thread in SHARED by models trained on the others, check verdicts, write data/status.md
	@$(BIN)/python -m tests.support.status $(SHARED)

THREADS ?= $(SHARED)
WITHOUT ?= fuse-tmp-folio-v2
OUT ?= ingest/model
train: $(READY) ## train on the annotated threads in the folders THREADS but those named in WITHOUT, write the weights to OUT
	@$(BIN)/python -m ingest.train $(THREADS) $(WITHOUT:%=--without %) --out $(OUT)

bench: $(READY) ## measure speed, each as a ratio to a peer in one run; rows go to build/bench.json
	@mkdir -p build
	@$(BIN)/python -m tests.bench $(SHARED) --json build/bench.json

FUZZ_MAILS ?= 20000
fuzz: $(READY) ## read FUZZ_MAILS real mails broken by chance (FUZZ_SEED begins elsewhere), and every pattern's worst texts
	@FUZZ_MAILS=$(FUZZ_MAILS) THREADKB_BOMBS=1 $(BIN)/python -m pytest -q tests/test_fuzz.py tests/test_patterns.py

clean: ## remove .venv and what was built
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache
