# Everything starts with the interpreter that is there; tools/bootstrap.py needs nothing else.
PYTHON ?= python3
VENV := .venv/bin

.DEFAULT_GOAL := run
.PHONY: run demo test check messages docs format clean environment development

run: environment        ## Start Zoco; the address and the first password are printed: make run [PORT=9000].
	@exec $(VENV)/zoco up $(if $(PORT),--port $(PORT))

demo: environment       ## Load the simulated company.
	@$(VENV)/zoco demo

test: development       ## Check the code and run all tests.
	@$(VENV)/python -m tools.suite

check: development      ## Check style, types, imports, templates, migrations and translations.
	@$(VENV)/python -m tools.check

messages: development   ## Bring the translations' catalogues up to the source: make messages [APP=seo].
	@$(VENV)/python -m tools.messages update $(APP)

docs: development       ## Write the reference in docs/reference from the code.
	@$(VENV)/python -m tools.reference

format: development     ## Format code and templates.
	@$(VENV)/python -m tools.check --format

clean:                  ## Remove what can be made again; data/ stays.
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -prune -exec rm -rf {} + ; find zoco -name '*.mo' -delete

environment:
	@$(PYTHON) tools/bootstrap.py

development:
	@$(PYTHON) tools/bootstrap.py --tests
