# `make` alone prints this list. Everything is built inside this folder; nothing is installed on the machine.
SHELL := /bin/sh
PYTHON ?=
BIN := .venv/bin
# Images of Python often say that it shall keep nothing compiled: then every start of a command takes three times as long.
unexport PYTHONDONTWRITEBYTECODE
COMPILE := .boot/bin/uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate

.DEFAULT_GOAL := help
.PHONY: help setup install setup-demo demo test lint types format lock docs docs-pictures bench soak scan clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

setup: ## Install everything that work on the project needs (also done by test, lint, bench and soak)
	@PYTHON="$(PYTHON)" .ci/setup dev

install: setup-demo ## Install what Amparo needs to run, and nothing that only its tests need

setup-demo:
	@PYTHON="$(PYTHON)" .ci/setup run

demo: setup-demo ## Start Amparo with fictional people on this machine and say where to go
	@$(BIN)/amparo demo

test: lint ## Check the code and run every test on SQLite, PostgreSQL and in Chromium
	@$(BIN)/pytest -n 2

lint: setup ## Check style, types, import order and unsafe constructions
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## Put the code into its agreed form
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

lock: setup ## Renew the locks after a change in a *.in file (UPGRADE=1 takes newer versions too)
	@for name in requirements requirements-dev boot node docs scan; do \
		$(COMPILE) $(if $(UPGRADE),--upgrade) $$name.in --output-file $$name.txt || exit 1; \
	done

docs: setup docs-pictures ## Build the documentation as a site into .site; a broken link fails
	@PYTHON="$(PYTHON)" .ci/setup docs
	@.site/venv/bin/hadolint Dockerfile
	@.site/venv/bin/check-jsonschema --quiet --builtin-schema vendor.compose-spec docs/deploying/compose.yaml
	@.site/venv/bin/sphinx-build -q -W --keep-going -c docs -d .site/read . .site/html
	@printf '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=docs/index.html"><title>Amparo</title>' >.site/html/index.html
	@echo "Open .site/html/index.html"

docs-pictures: setup ## Take the documentation's pictures from a demo, when something has changed since the last time
	@PYTHONPATH=. $(BIN)/python docs/pictures.py

bench: setup ## Measure Amparo beside the floor: the same SQL and cryptography, nothing else
	@$(BIN)/python -m benchmarks

soak: setup ## The long versions of the randomised and crash tests (hours)
	@$(BIN)/pytest -m soak -n 2

scan: setup ## Attack a demo as every role: schemathesis at length, wapiti, sqlmap; and read the source with bandit (hours)
	@PYTHON="$(PYTHON)" .ci/setup scan
	@PYTHONPATH=. $(BIN)/python -m tests.security.scan

clean: ## Remove what setup and the tests made; never the data of a demo or an installation
	@rm -rf .boot .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache node_modules app/web/static/vendor .site .scan docs/pictures
	@find app tests migrations benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
