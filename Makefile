# Commands of the suite; each one sets up what it needs. `make help` lists them.
PYTHON ?= python3
export PORT FRESH ALL CASE

.DEFAULT_GOAL := help
.PHONY: help setup demo test serve bench lint shell clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'
	@echo "  scripts/odoo … odoo-bin with any arguments in the same environment"

demo: ## the main job on real input: confirmed quotations, actions, e-mails that arrive
	@$(PYTHON) scripts/demo

test: ## all tests
	@$(PYTHON) scripts/test

serve: ## web client with the suite and demo data on http://127.0.0.1:8069 (PORT=…, FRESH=1)
	@$(PYTHON) scripts/serve

bench: ## stock engine and ours side by side (CASE=…)
	@$(PYTHON) scripts/bench $(CASE)

lint: ## all linters
	@$(PYTHON) scripts/lint

shell: ## Odoo's shell on the database of `make serve`
	@$(PYTHON) scripts/shell

setup: ## only the set-up, without running anything
	@$(PYTHON) scripts/setup

clean: ## remove what was made here (ALL=1: the shared cache as well)
	@$(PYTHON) scripts/clean
