# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
# The menu: `make` shows it. Environments are made when needed, in .venv and .cache; nothing else has to be installed first.

PYTHON ?= python3
GATES = $(PYTHON) -m tools.gates

.DEFAULT_GOAL := help
.PHONY: help lock demo test test-fast lint sanity docs format links build prepare-release release units .venv clean

help: ## show this menu
	@awk -F ':.*## ' '/^[.a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## build, install and use the collection against the emulator
	@$(PYTHON) -m tools.demo

test: ## every gate: what is published, all tests, playbooks and roles on each ansible-core, the site, the README
	@tools/system-packages
	@$(GATES)

test-fast: .venv ## the quick tests of the core and of the house, in less than 30 seconds
	@.venv/bin/python -m pytest tests/core tests/house ld_segment_store -m 'not slow'

lint: ## ruff and mypy
	@$(GATES) lint types

units: ## ansible-test's unit tests of the modules, on each ansible-core and Python
	@$(GATES) units

sanity: ## ansible-test sanity over the built collection, on each ansible-core
	@$(GATES) sanity

docs: ## build the documentation site into .cache/site/html and follow its links, in half a minute
	@$(PYTHON) -m tools.documentation

format: .venv ## format the code and mend what ruff can mend
	@.venv/bin/ruff check --fix-only
	@.venv/bin/ruff format

links: ## link new files of the shared code into the collection
	@$(PYTHON) -m tools.links

build: ## wheel, source distribution, collection tarball, SBOM and hashes, into dist/
	@$(PYTHON) -m tools.release build

prepare-release: ## write VERSION=1.2.3 and its changelog, to be reviewed and committed
	@$(PYTHON) -m tools.release prepare $(VERSION)

release: ## check, build and tag VERSION=1.2.3, and say how to publish it
	@$(PYTHON) -m tools.release make $(VERSION)

.venv: ## the environment to work in, made or brought up to date
	@$(PYTHON) -m tools.environments

lock: ## make every environment anew and write down its exact versions, in five minutes
	@$(PYTHON) -m tools.lock

clean: ## remove the environments, caches and dist/
	rm -rf .venv .cache dist .ansible .*_cache
