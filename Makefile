# SPDX-FileCopyrightText: 2026 FeatureOps contributors
# SPDX-License-Identifier: MIT
# The menu: `make` shows it. nox and the environments are installed when needed, into .cache and .nox.

PYTHON ?= python3
# The number of gates that run at the same time. Two cores are busy with three, because gates wait for servers and browsers.
JOBS ?= 3
NOX = .cache/nox/bin/nox

.DEFAULT_GOAL := help
.PHONY: help lock demo test test-fast lint sanity docs format links build prepare-release release units .venv clean

help: ## show this menu
	@awk -F ':.*## ' '/^[.a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(NOX) ## build, install and use the collection against the emulator
	@echo "The demo sets up a big segment store by playbook, on an embedded Redis and an emulated LaunchDarkly."
	@echo "It takes about 15 s, and one minute on the first run."
	@$(NOX) --session demo

test: $(NOX) ## run every gate: tests, playbooks, roles, sanity, release, site, README
	@echo "Every gate runs, $(JOBS) at a time. On 2 cores, three at a time took 21 to 23 minutes."
	@tools/system-packages
	@$(NOX) --parallel $(JOBS)

test-fast: .venv ## run the quick tests of the core and of the repository, in 30 seconds
	@.venv/bin/python -m pytest tests/core tests/house ld_segment_store -m 'not slow'

lint: $(NOX) ## run ruff and mypy
	@$(NOX) --session lint types

units: $(NOX) ## run ansible-test's unit tests of the modules, on each ansible-core and Python
	@$(NOX) --keywords units- --parallel $(JOBS)

sanity: $(NOX) ## run ansible-test sanity over the built collection, on each ansible-core
	@$(NOX) --keywords sanity- --parallel $(JOBS)

docs: $(NOX) ## build the documentation site into .cache/site/html and check its links
	@$(NOX) --session site

format: .venv ## format the code and fix what ruff can fix
	@.venv/bin/ruff check --fix-only
	@.venv/bin/ruff format

links: ## link new files of the shared code into the collection
	@$(PYTHON) -m tools.links

build: $(NOX) ## build wheel, source distribution, collection tarball, SBOM and hashes into dist/
	@$(NOX) --session publish -- build $(VERSION)

prepare-release: $(NOX) ## write VERSION=1.2.3 and its changelog, for review and commit
	@$(NOX) --session publish -- prepare $(VERSION)

release: $(NOX) ## check, build and tag VERSION=1.2.3, and print the command that publishes it
	@$(NOX) --session publish -- make $(VERSION)

.venv: $(NOX) ## create or update the environment to work in
	@$(NOX) --session env-dev

lock: $(NOX) ## renew the exact versions of every environment, in a minute
	@$(NOX) --session lock

# nox and uv, pinned by hash; they create everything else.
$(NOX): tools/locks/nox.txt
	@$(PYTHON) -c "import tools"
	@$(PYTHON) -m venv --clear .cache/nox
	@.cache/nox/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

clean: ## remove the environments, caches and dist/
	rm -rf .venv .nox .cache dist .ansible .*_cache
