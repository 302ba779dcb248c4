# What a person types. Each target sets up what it needs: seconds on first use, milliseconds afterwards.
#   PYTHON  the Python to start from (3.11 or later)                      default: python3
#   LINE    a supported line, the name of a file in requirements/         default: the one that fits PYTHON
#   PY      the Python of an environment that is set up already           default: set up as needed
#   TESTS   what `make test`, `make hosts` or `make eda` runs, PYTEST_ARGS more options       default: all tests, two at a time
#   STAGES  what `make lint` runs                                         default: all stages
#   SANITY  more options of ansible-test for `make sanity`                default: none
#   PACKETS options of `make packets`: --part TITLE, --changes [NAME ...], --failover [NAME ...]    default: all parts, no changes
#   RACES   options of `make races`                                       default: 30 pairs
#   SLICES  options of `make slices`                                      default: both networks
#   CHANGES options of `make changes`                                     default: 5,000 pairs in memory, 60 by playbooks
#   VERSION what `make release` prepares                                  no default
#   FIGURES what `make bench` measures, --runs N                          default: all figures, 5 runs
PYTHON ?= python3
LINE ?=
PY ?=
TESTS ?=
PYTEST_ARGS ?= -n 2 --dist loadfile
STAGES ?=
SANITY ?=
FIGURES ?=
PACKETS ?=
RACES ?=
SLICES ?=
CHANGES ?=
VERSION ?=

export LINE

ifeq ($(PY),)
run = py=$$($(PYTHON) -m tools.setup_env) && "$$py"
run_tools = py=$$($(PYTHON) -m tools.setup_env --lint) && "$$py"
run_awx = py=$$($(PYTHON) -m tools.awx_env) && "$$py"
run_eda = py=$$($(PYTHON) -m tools.eda_env) && "$$py"
run_docs = py=$$($(PYTHON) -m tools.docs_env) && "$$py"
else
run = "$(PY)"
run_tools = "$(PY)"
run_awx = "$(PY)"
run_eda = "$(PY)"
run_docs = "$(PY)"
endif

.DEFAULT_GOAL := help
.PHONY: help env demo test hosts packets races slices faults changes awx eda browser docs bench lint sanity format release clean

help: ## this list
	@grep -E '^[a-z]+: .*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+): .*## /make \1\t/' | expand -t 14

env: ## only set up the environment, and print its Python
	@$(run_tools) -c 'import sys; print(sys.executable)'

demo: ## the main job on the embedded network, from an empty account to "demo: OK"
	@$(run) -m lab.demo

test: ## every test that needs no root and no account
	@$(if $(or $(if $(TESTS),,all),$(filter tests tests/ tests/house%,$(TESTS))),$(run_tools),$(run)) -m pytest $(PYTEST_ARGS) $(TESTS)

hosts: ## the aggregators' own side, on hosts with nftables in network namespaces; root or user namespaces
	@$(run) -m lab.hosts $(TESTS)

packets: ## the packet lab: what the demo builds, with real kernels, BIRD and packets; PACKETS="--changes" or "--failover": one thing alone
	@$(run) -m lab.packets $(PACKETS)

races: ## pairs of whole runs at once, at moments that a printed seed gives; RACES="--pairs 5 --seed 1"
	@$(run) -m lab.races $(RACES)

slices: ## slices of a job, and whole runs, at once at moments that a printed seed gives; SLICES="--network mesh --seed 1"
	@$(run) -m tests.slices $(SLICES)

faults: ## every fault, kill, foreign world, mistake and planted text (docs/reliability.md); 15 minutes on two idle cores
	@$(run) -m tests.faults

changes: ## from any network to any other, pairs of random inventories; CHANGES="--pure 200 --playbooks 2"; three hours
	@$(run) -m tests.pairs $(CHANGES)

awx: ## what AWX users run: awx_setup, ansible-navigator, ansible-runner, ansible-builder, galaxy-importer; three minutes
	@$(run_awx) -m pytest $(or $(TESTS),tests/awx_programs)

eda: ## the event source, and ansible-rulebook with its rulebooks (that part needs Java 17); three minutes
	@$(run_eda) -m pytest $(PYTEST_ARGS) $(or $(TESTS),tests/eda)

browser: ## the report in a browser without a window (wants apt-get install chromium); a minute
	@$(run) -m pytest $(or $(TESTS),tests/browser)

docs: ## the documentation site in build/docs, with the reference of modules and inventory; no warning allowed
	@$(run_docs) -m tools.docs

bench: ## what a run costs beside loops over single modules and the floor; 20 minutes on two idle cores
	@$(run) -m lab.bench $(FIGURES)

lint: ## ansible-lint, ruff, mypy, ansible-test sanity, documentation, changelog, the house's rules
	@$(run_tools) -m tools.lint $(STAGES)

sanity: ## ansible-test sanity alone
	@$(run) -m tools.sanity $(SANITY)

format: ## let ruff put the Python files in order
	@$(run_tools) -m ruff check --fix --quiet . && $(run_tools) -m ruff format .

release: ## changelog and checked artefact of a version, VERSION=1.0.0; commits and publishes nothing
	@$(run_tools) -m tools.release $(VERSION)

clean: ## remove environments, caches and products
	rm -rf .venv .venvs .ansible .cache .mypy_cache .pytest_cache .ruff_cache build tests/output *.tar.gz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
