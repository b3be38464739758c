# The one entry. `make` alone sets up everything in .venv; needs Python 3.11 or newer and nothing else.
PYTHON ?= python3
BIN := .venv/bin
# Pins what is tested.
CONSTRAINTS := constraints.txt
SETUP := .venv/.runtime
DEV_SETUP := .venv/.dev
TRAIN_SETUP := .venv/.train
BENCH_SETUP := .venv/.bench
DEMO_DIR ?= var/demo
PORT ?= 8000
FUZZ_SECONDS ?= 300
# A file's tests share what they set up. In the files' own order the last are short ones.
PARALLEL := -n auto --dist loadfile --no-loadscope-reorder

.DEFAULT_GOAL := setup
.PHONY: setup demo test test-deep check fuzz bench train clean

setup: $(SETUP)  ## make .venv with the software in it
	@echo "ready: $(BIN)/libong --help, or: make demo"

.venv/.created:
	$(PYTHON) -c 'import sys; sys.exit("Libong Watch needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Set PYTHON=/path/to/a/newer/one") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	touch $@

$(SETUP): .venv/.created pyproject.toml $(CONSTRAINTS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e .
	touch $@

$(DEV_SETUP): $(SETUP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e '.[dev,postgres]'
	touch $@

$(TRAIN_SETUP): $(SETUP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e '.[train]'
	touch $@

$(BENCH_SETUP): $(TRAIN_SETUP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS) -e '.[bench]'
	touch $@

demo: $(SETUP)  ## process the sample flights and serve alerts and the map
	$(BIN)/libong demo --data-dir $(DEMO_DIR) --port $(PORT)

test: $(DEV_SETUP)  ## the tests, but those that take long
	$(BIN)/python -m pytest $(PARALLEL)

test-deep: $(DEV_SETUP)  ## all tests: pages at every width, models fine-tuned, a site killed sixty times
	$(BIN)/python -m pytest $(PARALLEL) -m "deep or not deep"

check: $(DEV_SETUP)  ## lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: $(DEV_SETUP)  ## read mutated photos, videos and telemetry for FUZZ_SECONDS each; none may break a reader
	$(BIN)/python tests/fuzz_photos.py --seconds $(FUZZ_SECONDS)
	$(BIN)/python -m tests.fuzz_telemetry --seconds $(FUZZ_SECONDS)

bench: $(BENCH_SETUP)  ## what is measured, in one run
	$(BIN)/libong bench

train: $(TRAIN_SETUP)  ## train the detector from rendered scenes; TRAIN="--tiles 64 --minutes 2" is a short try
	$(BIN)/libong train $(TRAIN)

clean:  ## remove what make made; data, runs and datasets stay
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
