# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
# The menu: `make` shows it. Environments are made when needed, in .venv and .cache; nothing else has to be installed first.

PYTHON ?= python3
GATES = $(PYTHON) -m tools.gates

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast lint sanity format links build .venv clean

help: ## show this menu
	@awk -F ':.*## ' '/^[.a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## build, install and use the collection against the emulator
	@$(PYTHON) -m tools.demo

test: ## every gate: lint, types, tests, the core on old and new Python, playbooks and sanity on each ansible-core
	@tools/system-packages
	@$(GATES)

test-fast: .venv ## the quick tests of the core and of the house, in less than 30 seconds
	@.venv/bin/python -m pytest tests/core tests/house ld_segment_store -m 'not slow'

lint: ## ruff and mypy
	@$(GATES) lint types

sanity: ## ansible-test sanity over the built collection, on each ansible-core
	@$(GATES) sanity

format: .venv ## format the code and mend what ruff can mend
	@.venv/bin/ruff check --fix-only
	@.venv/bin/ruff format

links: ## link new files of the shared code into the collection
	@$(PYTHON) -m tools.links

build: .venv ## wheel, source distribution and collection tarball, into dist/
	@.venv/bin/python -m build --no-isolation --outdir dist
	@.venv/bin/ansible-galaxy collection build --force --output-path dist

.venv: ## the environment to work in, made or brought up to date
	@$(PYTHON) -m tools.environments

clean: ## remove the environments, caches and dist/
	rm -rf .venv .cache dist .ansible .*_cache
