# Each target is the lines below it and nothing more; the README repeats them for people without make.
PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null)

# Locked, hashed, and from whatever package index this machine is set to. uv does the same as pip, some ten times faster.
ifdef UV
new_environment = $(UV) venv --quiet --allow-existing --python $(PYTHON)
install_locked = VIRTUAL_ENV=$(1) $(UV) pip install --quiet --compile-bytecode --require-hashes --no-deps -r $(2)
install_house = VIRTUAL_ENV=$(1) $(UV) pip install --quiet --no-deps --no-build-isolation -e .
else
new_environment = $(PYTHON) -m venv
install_locked = $(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r $(2)
install_house = $(1)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif

.PHONY: install demo test lint bench kill chaos rolling day browser texts lock sbom cluster

# A stamp is older than its lock exactly when the environment must be brought up to date: a second `make demo` starts at once.
.venv/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Weerklank needs Python 3.11 or newer: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(new_environment) .venv
	$(call install_locked,.venv,requirements.txt)
	$(call install_house,.venv)
	@touch $@

.venv/installed-test: .venv/installed requirements-test.txt
	$(call install_locked,.venv,requirements-test.txt)
	@touch $@

.venv-dev/installed: requirements-dev.txt
	$(new_environment) .venv-dev
	$(call install_locked,.venv-dev,requirements-dev.txt)
	@touch $@

install: .venv/installed

demo: .venv/installed
	.venv/bin/weerklank demo

test: .venv/installed-test
	.venv/bin/python -m pytest -n auto --dist worksteal

lint: .venv-dev/installed
	.venv-dev/bin/ruff check .
	.venv-dev/bin/ruff format --check .
	.venv-dev/bin/lint-imports --no-logo
	.venv-dev/bin/mypy
	.venv-dev/bin/pyright

bench: .venv/installed-test
	.venv/bin/python -m bench.webhook
	.venv/bin/python -m bench.flows
	.venv/bin/python -m bench.translate

# The long campaign: 300 times kill -9 at random points. `make test` runs a short one.
kill: .venv/installed-test
	.venv/bin/python -m tests.campaigns.kill --kills 300

# The long chaos: 200 faults of five processes on one PostgreSQL, of the database, the wires, the disk and the clocks.
chaos: .venv/installed-test
	.venv/bin/python -m tests.campaigns.chaos --faults 200

# The long rolling restart: ten times every process in turn is asked to end under traffic, and another follows it.
rolling: .venv/installed-test
	.venv/bin/python -m tests.campaigns.rolling --rounds 10

# A simulated day in some four minutes: shift changes, a carrier away for an hour, a broken flow; it draws docs/explanation/day.svg.
day: .venv/installed-test
	.venv/bin/python -m tests.campaigns.day --pace 480 --picture docs/explanation/day.svg

# The pages in a real browser, which is Debian's chromium.
browser: .venv-dev/installed
	.venv-dev/bin/python -m pytest tests/browser

# What pages and mails say, gathered from the source into translations/catalog, and every catalogue brought up to it.
texts: .venv/installed
	.venv/bin/python -m weerklank.texts

# Which packages run here, for who must know (CycloneDX). The image is built with one inside.
sbom: .venv/installed
	.venv/bin/python -m weerklank.sbom requirements.txt sbom.cdx.json

# Two web and two worker processes on a real PostgreSQL, with the sample programme: docker-compose.yml without containers.
cluster: .venv/installed-test
	.venv/bin/python -m tests.operations.twin

# Locks name no index and no address, so they serve behind any mirror. Needs uv.
compile = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links

lock:
	$(compile) pyproject.toml --group build -o requirements.txt
	$(compile) pyproject.toml --group build --group test -c requirements.txt -o requirements-test.txt
	$(compile) pyproject.toml --group build --group test --group dev -c requirements-test.txt -o requirements-dev.txt
