# Understudy: two commands do everything on a fresh machine: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORES ?= $(shell nproc)
TESTERS ?= $(shell expr $(CORES) + 2)
CONFIG ?= config/config.yaml
TORCH := $(shell grep -o 'torch==[0-9.]*' pyproject.toml)
TORCH_CPU_INDEX := https://download.pytorch.org/whl/cpu

export NUMBA_CACHE_DIR ?= $(CURDIR)/.numba_cache
export OMP_WAIT_POLICY ?= PASSIVE
ifneq ($(shell test -w "$${XDG_CACHE_HOME:-$$HOME}" && echo yes),yes)
export XDG_CACHE_HOME := $(CURDIR)/.snakemake/cache  # Snakemake cannot plan without one
endif
unexport PYTHONDONTWRITEBYTECODE  # set in some containers: every job would compile what it imports

.PHONY: help install develop licensed signing lock demo study tables scenes leakage plan weights status inspect test lint pytest bench clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 12

install: $(VENV)/.installed ## create .venv; install the locked packages and understudy

# torch is not in the lock: which build, and which CUDA, depends on the machine. immutables has no
# wheel for 3.14: with a compiler that makes nothing it installs its pure Python.
$(VENV)/.installed: pyproject.toml requirements.lock envs/vision.post-deploy.sh envs/world.post-deploy.sh
	@$(PYTHON) -c 'import sys; (3, 11) <= sys.version_info[:2] <= (3, 14) or sys.exit( \
	    "error: $(PYTHON) is Python %d.%d, and Understudy needs 3.11 to 3.14: " % sys.version_info[:2] \
	    + "make install PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	@echo "Installing the locked packages and torch ($$(command -v nvidia-smi >/dev/null && echo CUDA || echo CPU) build) ..."
	CC=true LDSHARED=true $(BIN)/pip install -qq --no-compile --require-hashes --no-deps --ignore-requires-python -r requirements.lock
	@! command -v nvidia-smi >/dev/null \
	    && $(BIN)/pip install --quiet --no-compile --retries 0 --timeout 20 --no-deps --index-url $(TORCH_CPU_INDEX) $(TORCH)+cpu 2>/dev/null \
	    || $(BIN)/pip install --quiet --no-compile $(TORCH)
	@rm -rf $(VENV)/lib/python*/site-packages/torch/test  # programs that test libtorch: 83 MB
	$(BIN)/pip install --quiet --no-deps --editable .
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash envs/vision.post-deploy.sh
	@PATH="$(CURDIR)/$(BIN):$$PATH" bash envs/world.post-deploy.sh
	@$(BIN)/python envs/compile.py
	@touch $@

develop: $(VENV)/.developed ## install, and what the tests and the linters need

$(VENV)/.developed: $(VENV)/.installed requirements-test.lock requirements-loaders.lock
	$(BIN)/pip install -qq --no-compile --require-hashes --no-deps -r requirements-test.lock
	$(BIN)/pip install -qq --no-compile --require-hashes --no-deps -r requirements-loaders.lock
	@touch $@

licensed: install ## with a licensed body: the package smplx (non-commercial), to compare how it is posed
	$(BIN)/pip install -qq --no-deps $(shell grep -o '^smplx==[0-9.]*' requirements-test.lock)

signing: install ## with what signs released videos (C2PA): 40 MB
	$(BIN)/pip install -qq --no-deps $(shell grep -oE '^(c2pa-python|cryptography|cffi|pycparser)==[0-9.]+' requirements-test.lock)
	@rm -f $(VENV)/lib/python*/site-packages/c2pa/libs/*.rlib  # of its build: 31 MB

lock: ## make lock [UPGRADE=numpy]: after an edit of pyproject.toml, pin again; needs uv and a network
	$(PYTHON) envs/generate.py $(if $(UPGRADE),--upgrade-package $(UPGRADE))

demo: install ## the whole workflow on the small demo world: people, actions, avatars, videos, recogniser, report
	$(BIN)/snakemake --workflow-profile profiles/default --cores $(CORES) --configfile config/demo.yaml -- report gallery
	@echo; echo "The report: file://$(CURDIR)/results/demo/report.html"
	@echo "All synthetic videos: file://$(CURDIR)/results/demo/gallery/index.html"

study: install ## do synthetic people help? 16 classes of the demo world; takes hours, resumes if interrupted
	CORES=$(CORES) $(BIN)/python -m tests.bench.study_run

tables: install ## make tables OF=ntu|toyota|people|backgrounds FROM=folder INTO=config/ntu [OPTIONS="--protocol cross_subject"]
	@$(BIN)/understudy tables $(OF) $(FROM) --out $(INTO) $(OPTIONS)

scenes: install ## make scenes CONFIG=my.yaml: what kind of place does each background show?
	@$(BIN)/understudy scenes --configfile $(CONFIG)

leakage: install ## make leakage CONFIG=my.yaml: is a test video, or a copy of one, in the training data?
	@$(BIN)/understudy leakage --configfile $(CONFIG) --cores $(CORES)

plan: install ## make plan CONFIG=my.yaml [LIKE=first.yaml]: the jobs due, their cost and the rule graph
	@$(BIN)/understudy plan --configfile $(CONFIG) $(if $(LIKE),--like $(LIKE))

weights: install ## make weights CONFIG=my.yaml: are the weights that the config needs there and correct?
	@$(BIN)/understudy weights --configfile $(CONFIG)

status: install ## make status CONFIG=my.yaml: what is done, left and failed, and why
	@$(BIN)/understudy status --configfile $(CONFIG)

inspect: install ## make inspect AVATAR=results/demo/avatar/build [FIT=a fit .npz]: look at an avatar
	@$(BIN)/understudy inspect $(AVATAR) $(if $(FIT),--fit $(FIT))

test: develop ## every test, lint, type and format check
	@$(MAKE) --no-print-directory --jobs=2 lint pytest

lint: develop
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/snakefmt --check Snakefile rules workflow/Snakefile
	$(BIN)/snakemake --lint --configfile config/demo.yaml

pytest: develop
	$(BIN)/python -m pytest tests -q --numprocesses $(TESTERS) --dist loadscope --no-loadscope-reorder

bench: develop ## make bench NAME=demo: measure and write results/bench/NAME.json
	$(BIN)/python -m tests.bench.$(NAME)

clean: ## remove results (not the virtual environment)
	rm -rf results .snakemake
