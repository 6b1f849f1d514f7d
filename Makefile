# Understudy: two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= $(shell nproc)
CONFIG ?= config/config.yaml
TORCH := torch==2.13.0
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu

export NUMBA_CACHE_DIR ?= $(CURDIR)/.numba_cache
export OMP_WAIT_POLICY ?= PASSIVE
export PYTHONPATH := $(CURDIR)/workflow$(if $(PYTHONPATH),:$(PYTHONPATH))

.PHONY: help install demo study tables leakage plan weights status inspect test lint bench clean

help: ## this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## make .venv and install the pinned requirements

$(VENV)/.installed: requirements.txt requirements-gpu.txt
	$(PYTHON) -m venv $(VENV)
	@echo "Installing torch ($$(command -v nvidia-smi >/dev/null && echo CUDA || echo CPU) build) and the pinned requirements ..."
	@if command -v nvidia-smi >/dev/null; then \
	    $(BIN)/pip install --quiet $(TORCH) && $(BIN)/pip install --quiet --no-deps -r requirements-gpu.txt; \
	else \
	    $(BIN)/pip install --quiet --retries 0 --timeout 20 --index-url $(TORCH_CPU_INDEX) --extra-index-url https://pypi.org/simple $(TORCH)+cpu 2>/dev/null \
	    || $(BIN)/pip install --quiet $(TORCH); \
	fi
	$(BIN)/pip install --quiet --no-deps --ignore-requires-python -r requirements.txt
	@cd $(VENV)/lib/python3*/site-packages/vtkmodules && ln -sf ../lavavu_osmesa.libs/libOSMesa-*.so.8* libOSMesa.so.8
	@touch $@

demo: install ## the main job, small but whole: people, actions, avatars, videos, recogniser, report
	$(BIN)/snakemake --workflow-profile profiles/default --cores $(CORES) --configfile config/demo.yaml -- report
	@echo; echo "The report: file://$(CURDIR)/results/demo/report.html"

study: install ## do synthetic people help? 16 classes of the demo world, hours; goes on where it was
	PYTHONPATH=workflow CORES=$(CORES) $(BIN)/python -m tests.bench.study_run

tables: install ## make tables OF=ntu|toyota|people|backgrounds FROM=folder INTO=config/ntu [OPTIONS="--protocol cross_subject"]
	@PYTHONPATH=workflow $(BIN)/python -m understudy.datasets $(OF) $(FROM) --out $(INTO) $(OPTIONS)

leakage: install ## make leakage CONFIG=my.yaml: is a test video, or a copy of one, in the training data?
	$(BIN)/snakemake --workflow-profile profiles/default --cores $(CORES) --configfile $(CONFIG) -- leakage

plan: install ## make plan CONFIG=my.yaml [LIKE=first.yaml]: the jobs due, their cost, the rule graph
	@PYTHONPATH=workflow $(BIN)/python -m understudy.outlook plan --configfile $(CONFIG) $(if $(LIKE),--like $(LIKE))

weights: install ## make weights CONFIG=my.yaml: are the weights that the config needs there, and right?
	@PYTHONPATH=workflow $(BIN)/python -m understudy.outlook weights --configfile $(CONFIG)

status: install ## make status CONFIG=my.yaml: what is done, left and failed, and why
	@PYTHONPATH=workflow $(BIN)/python -m understudy.outlook status --configfile $(CONFIG)

inspect: install ## make inspect AVATAR=results/demo/avatar/build [FIT=a fit .npz]: look at an avatar
	@PYTHONPATH=workflow $(BIN)/python -m understudy.avatar inspect $(AVATAR) $(if $(FIT),--fit $(FIT))

test: install ## every test, lint and format check
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/snakefmt --check Snakefile rules workflow/Snakefile
	$(BIN)/snakemake --lint --configfile config/demo.yaml
	$(BIN)/python -m pytest tests -q

bench: install ## make bench NAME=demo: measure, write results/bench/NAME.json
	PYTHONPATH=workflow $(BIN)/python -m tests.bench.$(NAME)

clean: ## remove results (not the virtual environment)
	rm -rf results .snakemake
