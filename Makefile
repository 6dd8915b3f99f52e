# Everything runs in .venv, made from the hashed locks; a stamp tells whether it is up to date.
PYTHON ?= python3
# The locks are complete, so pip installs what they name and resolves nothing (--no-deps).
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test check format lock clean verify-kills verify-deadlines bench-parsers bench-problems evaluate bench-classify train

run: $(VENV)/run.stamp
	@$(BIN)/otklik run

test: $(VENV)/dev.stamp
	@$(BIN)/pytest -n 2 --dist loadfile

check: $(VENV)/dev.stamp
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

format: $(VENV)/dev.stamp
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Otklik needs Python 3.11 or later, this is " + sys.version.split()[0] + ": run `make PYTHON=python3.11`")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing what Otklik needs into $(VENV) (once, a minute or two)…"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock $(VENV)/run.stamp
	@echo "Installing the tools of the tests into $(VENV)…"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

# Kill the stations 30 times during the town's story and compare with a run nobody disturbed.
verify-kills: $(VENV)/dev.stamp
	@$(BIN)/python -m tests.endurance.kills

# 100,000 random deadlines against a walker that goes minute by minute (hours on a slow machine).
verify-deadlines: $(VENV)/dev.stamp
	@$(BIN)/python -m benchmarks.deadlines 100000

bench-parsers: $(VENV)/dev.stamp
	@$(BIN)/python -m benchmarks.parsers

# Grouping of complaints against labels, with its floors: make bench-problems DATA=file.jsonl (default: beside the clone).
bench-problems: $(VENV)/dev.stamp
	@$(BIN)/python -m benchmarks.problems $(DATA)

# Figures of the model in charge on labelled sets: make evaluate DATA=folder (beside training data: the floor too).
evaluate: $(VENV)/run.stamp
	@$(BIN)/python -m benchmarks.evaluate "$(DATA)"

# The model against others of its size, each figure a ratio taken in one run. Needs torch.
bench-classify: $(VENV)/torch.stamp
	@$(BIN)/python -m benchmarks.classify

# Train the bundled model anew: make train DATA=folder with train/ and text/ (hours on a CPU; goes on where it stopped).
train: $(VENV)/torch.stamp
	@$(BIN)/python -m classifiers.training "$(DATA)"

# Chosen per machine (CPU or CUDA), so not in the hashed locks.
$(VENV)/torch.stamp: pyproject.toml $(VENV)/run.stamp
	@echo "Installing torch and what training needs into $(VENV)…"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable ".[torch]"
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
