# The only list of tasks. `make` alone runs every check.
PYTHON ?= python3
# Extra arguments for pip, such as an index that has PyTorch's CPU build (README, "Run it").
PIP_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check -q -c constraints.txt $(PIP_ARGS)

.DEFAULT_GOAL := check
.PHONY: check install install-dev install-evals chat test format lint types imports corpus guard search bench bench-corpus figures readme-figures ranking reading evals evals-quick evals-mutants data-card constraints clean help

check: format-check lint types imports corpus test ## every check

install: $(VENV)/.installed ## the environment, pinned; leaves .venv/bin/lamplight

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Lamplight needs Python 3.11 or newer: make PYTHON=python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing pinned packages: a few minutes the first time."
	$(PIP) -e .
	touch $@

install-dev: $(VENV)/.installed-dev

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) -e '.[dev]'
	touch $@

install-evals: $(VENV)/.installed-evals

$(VENV)/.installed-evals: $(VENV)/.installed
	$(PIP) -e '.[evals]'
	touch $@

chat: install ## build the index where missing, and serve http://127.0.0.1:7860
	$(BIN)/lamplight serve

test: install-dev ## the tests
	$(BIN)/python -m pytest

format: install-dev ## put the code into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only -q .

.PHONY: format-check
format-check: install-dev
	$(BIN)/ruff format --check .

lint: install-dev
	$(BIN)/ruff check .

types: install-dev
	$(BIN)/mypy

imports: install-dev
	$(BIN)/lint-imports

corpus: install ## check every document, source and crisis line
	$(BIN)/lamplight corpus check

guard: install ## train the crisis model from chatbot/guards/training
	$(BIN)/python -m chatbot.guards.train

search: install ## teach the encoder to search, from the corpus and corpus/asked_as
	$(BIN)/python -m chatbot.train_search

bench: install ## speed, as ratios to one encoder forward
	$(BIN)/python -m chatbot.bench

bench-corpus: install ## the index at 100,000 passages: half an hour on two cores
	OMP_WAIT_POLICY=passive $(BIN)/python -m chatbot.bench_corpus  # threads that wait do not count as work

readme-figures: install ## the README's table of figures, from the kept baseline
	$(BIN)/python -m evals.readme

figures: install ## the figures of the guard's card, from the test splits
	$(BIN)/python -m evals.figures

evals: install-evals ## every eval: report, and the gate against the baseline; ten minutes on two cores
	$(BIN)/lamplight evals run
	$(BIN)/lamplight evals report
	$(BIN)/lamplight evals gate

evals-quick: install-evals ## a seeded part of the evals in a minute, and the gate
	$(BIN)/lamplight evals run --quick
	$(BIN)/lamplight evals report
	$(BIN)/lamplight evals gate

evals-mutants: install-evals ## break the program twelve ways: each must be caught
	$(BIN)/python -m evals.mutants

ranking: install ## nDCG, recall and MRR of our search, of BM25 alone and of dense alone
	$(BIN)/python -m evals.ranking

reading: install-evals ## 60 answers for somebody to grade: evals/results/answers.md
	mkdir -p evals/results
	$(BIN)/python -m evals.reading sheet > evals/results/answers.md

data-card: install ## the counts of the guard's messages, for docs/crisis-guard.md
	$(BIN)/python -m evals.data_card

constraints: ## pin every package again (needs uv)
	uv pip compile pyproject.toml --extra dev --extra evals --python-version 3.11 --no-header \
		--no-emit-index-url --no-emit-find-links -o constraints.txt $(UV_ARGS)
	sed -i -e 's/^\(torch==[0-9.]*\)+cpu/\1/' -e '1i # Every package of the tested set, pinned. Made by `make constraints`; plain pip reads it: pip install -c constraints.txt -e .' constraints.txt

clean: ## remove what was built, not what was written
	rm -rf $(VENV) .lamplight build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14
