# The two commands of the README: `make demo` and `make test`. Each makes .venv if it is missing. `.ci/run` adds
# `make battery`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
WEEKS   = $(notdir $(wildcard graders/week*))
MUTATED = $(patsubst graders/kept/%-mutants.json,%,$(wildcard graders/kept/*-mutants.json))

.PHONY: battery bench check demo setup test
setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Torchstone needs Python 3.11 or newer; try `make PYTHON=python3.11`")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[grading,cluster,dev]'
	touch $@

demo: $(STAMP)
	$(BIN)/torchstone demo

test: check
	$(BIN)/python -m pytest tests -n 2 --dist loadfile -m "not slow"

# What `make test` leaves out: the long attacks; every week's graders graded whole, its notebook run; its mutants, of
# which most are known.
battery: $(STAMP)
	$(BIN)/python -m pytest tests -n 2 --dist load -m slow
	set -e; for week in $(WEEKS); do $(BIN)/torchstone week check $$week; done
	set -e; for week in $(MUTATED); do $(BIN)/torchstone week mutate $$week; done

# The figures of docs/benchmarks.md and docs/diagnosis.md, anew: about an hour on two quiet cores, half of it the class of 10,000.
bench: $(STAMP)
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
