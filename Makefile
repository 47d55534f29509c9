# make run    starts a hub on its embedded defaults          make test   runs everything
# Both install what is missing and build first. CONTRIBUTING.md explains the other targets.
SHELL := /bin/bash
.DELETE_ON_ERROR:
CMAKE_ARGS = -G Ninja -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 \
	-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache
export CCACHE_SLOPPINESS := pch_defines,time_macros,include_file_mtime,include_file_ctime
JOBS ?= 2
FUZZ_SECONDS ?= 5
DEB_DIR ?= build/deb
# Unit tests write many small files that need no disk: in memory when there is room.
UNIT_TMP = $(shell [ "$$(df --output=avail -BM /dev/shm 2>/dev/null | tr -dc 0-9)" -gt 4096 ] 2>/dev/null && echo /dev/shm || echo /tmp)
CTEST = TMPDIR=$(UNIT_TMP) ctest -j$(JOBS) --output-on-failure --no-tests=error
SOURCES = $(shell git ls-files 'src/*.[ch]pp' 'fuzz/*.[ch]pp' 'bench/*.[ch]pp' 'tests/*.[ch]pp' 'examples/*.[ch]pp')

.PHONY: console console-test docs deb up down help run test build bootstrap unit compile-benches e2e e2e-sqlite e2e-postgres format-check format tidy asan tsan fuzz e2e-asan bench soak
help:
	@sed -n '1,2s/^# //p' Makefile

run: build
	@tools/console.sh build || echo "The console was not built: the hub runs as an API alone."
	@tools/run.sh

# Unit tests run under sanitizers here, never without one: `make unit` is for the work in between.
test: bootstrap format-check build compile-benches console-test tsan asan fuzz e2e

# PACKAGES=build leaves out what only tests need.
bootstrap:
	@tools/bootstrap.sh $(PACKAGES)

# Configures a build tree once; ninja notices later changes of the CMake files by itself.
%/build.ninja: | bootstrap
	@cmake -S . -B $* $(CMAKE_ARGS) $(OPTIONS) >/dev/null

build/build.ninja: OPTIONS = -DCMAKE_BUILD_TYPE=RelWithDebInfo
build-asan/build.ninja: OPTIONS = -DCMAKE_BUILD_TYPE=RelWithDebInfo -DSIAHUB_FUZZ=ON
build-tsan/build.ninja: OPTIONS = -DCMAKE_BUILD_TYPE=RelWithDebInfo -DSIAHUB_SANITIZE=thread

build: build/build.ninja
	@ninja -C build -j$(JOBS) --quiet

# The web console (console/), into console/dist, where the hub finds it.
console: | bootstrap
	@tools/console.sh build

console-test: | bootstrap
	@tools/console.sh test

unit: build
	@ninja -C build -j$(JOBS) --quiet unit_tests
	@cd build && $(CTEST)

compile-benches: build
	@ninja -C build -j$(JOBS) --quiet bench_programs

# The real clients against build/siahub, on either database: with SQLite on storage hosts that lie and stall on order,
# with PostgreSQL on the Foundation's own hosts and indexd (tests/sia_net/README.md).
e2e: e2e-sqlite e2e-postgres
e2e-sqlite: build console
	@tests/e2e/run.sh
e2e-postgres: build console
	@SIAHUB_SIA_NET=real tests/e2e/run.sh --database postgres -n 3 -m 'not slow'

# Unit tests under ASan + UBSan.
asan: build-asan/build.ninja
	@ninja -C build-asan -j$(JOBS) --quiet all unit_tests
	@cd build-asan && $(CTEST)

# The concurrent parts under TSan.
tsan: build-tsan/build.ninja
	@ninja -C build-tsan -j$(JOBS) --quiet tsan_tests
	@cd build-tsan && $(CTEST) -R '^(core|net|http|sia|db|db_postgres|kv|kv_redis|auth|store|hub)$$'

fuzz: build-asan/build.ninja
	@ninja -C build-asan -j$(JOBS) --quiet
	@fuzz/run.sh build-asan $(FUZZ_SECONDS)

format-check: | bootstrap
	@clang-format-19 --dry-run --Werror $(SOURCES)

format: | bootstrap
	@clang-format-19 -i $(SOURCES)

docs: build/build.ninja
	@ninja -C build -j$(JOBS) --quiet siahub
	@build/siahub config reference >docs/configuration.md

# The services of deploy/compose.yaml as processes of this machine; as root, each a host of its own.
# State and logs are in UP_DIR (.up).
up: build
	@tools/console.sh build || echo "The console was not built: the hub runs as an API alone."
	@/usr/bin/python3 deploy/up up
down:
	@/usr/bin/python3 deploy/up down

# A Debian package of program and console, in DEB_DIR. CONSOLE: a directory with a built console, or "none".
deb: build/build.ninja
	@ninja -C build -j$(JOBS) --quiet siahub package_texts
	@CONSOLE=$(CONSOLE) tools/deb.sh $(DEB_DIR)

tidy: build
	@tools/tidy.py build

bench: build
	@bench/run.sh

# The real clients against the sanitized program; the files of gigabytes are left out.
e2e-asan: build-asan/build.ninja
	@ninja -C build-asan -j$(JOBS) --quiet siahub
	@SIAHUB_BINARY=$(CURDIR)/build-asan/siahub tests/e2e/run.sh -n 2 -m 'not slow'

# The whole suite three times over, the crash test each time at other moments.
soak: build
	@for turn in 1 2 3; do tests/e2e/run.sh || exit 1; done
