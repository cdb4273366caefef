# make quickstart   environment, install, an offline build from real text, and a look at the result
# make test         environment with everything, and the tests
# make check        formatting, lint and types
# make wheel        build the wheel, install it in a clean environment, import everything
# The first Python here that is new enough; a name on the PATH need not be one that runs.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
VENV := .venv
BIN := $(VENV)/bin
export HF_HUB_OFFLINE = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: quickstart test check wheel clean

quickstart: $(VENV)/builder
	$(BIN)/synthllm build recipes/build/quickstart.yaml --out runs/quickstart
	$(BIN)/synthllm sample runs/quickstart --rows 1

test: $(VENV)/dev
	$(BIN)/python -m pytest

check: $(VENV)/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

wheel: $(VENV)/dev
	rm -rf dist $(VENV)-wheel
	$(BIN)/python -m build --wheel --outdir dist
	$(PYTHON) -m venv $(VENV)-wheel
	$(VENV)-wheel/bin/pip install -q dist/*.whl
	$(VENV)-wheel/bin/python tests/import_everything.py
	$(VENV)-wheel/bin/synthllm --help

# The builder alone; it needs no torch.
$(VENV)/builder: pyproject.toml
	@test -n "$(PYTHON)" || { echo "no Python 3.11 or newer found: install one, or name it with make PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -e .
	touch $@

# Everything. torch comes first and pinned, so that nothing else pulls another build.
$(VENV)/dev: pyproject.toml | $(VENV)/builder
	$(BIN)/python -m pip install -q torch==2.13.0
	$(BIN)/python -m pip install -q -e '.[dev,train,embed,eval]'
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-wheel dist *.egg-info src/*.egg-info
