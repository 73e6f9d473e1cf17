# make run [PORT=8000] [HOST=127.0.0.1]   set everything up and serve
# make test                               every test that this machine can run
# make check                              style, types, stairs, migrations, translations, schema
# make bench [ARGS=preview]               speed, against the limits (bench/), on every database of this machine
# make weights                            what a first visit of each page weighs and how long it takes, against the budgets
# make sheet [ARGS="y4"]                   a picture of every page in every state, on one page to look at (var/sheet/)
# make soak [ARGS="--seconds 30"]         the long proofs: any order of acts, races, kills, many clients at once
# make lock                               pin what requirements*.in ask for, with hashes
PORT ?= 8000
HOST ?= 127.0.0.1

.PHONY: run test check bench weights sheet soak lock
.DEFAULT_GOAL := run

run:
	@scripts/run $(HOST) $(PORT)

test:
	@scripts/test $(ARGS)

check:
	@scripts/check

bench:
	@scripts/venv requirements-dev.txt
	@.venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@.venv/bin/python -m bench $(ARGS)

weights:
	@scripts/venv requirements-dev.txt
	@.venv/bin/python -m tests.weights

sheet:
	@scripts/venv requirements-dev.txt
	@.venv/bin/python -m tests.sheet $(ARGS)

soak:
	@scripts/soak $(ARGS)

lock:
	@scripts/lock
