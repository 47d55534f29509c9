# make run   builds and starts a hub on its embedded defaults
# make test  builds and runs everything
# Both install what is missing first. CONTRIBUTING.md tells the rest.
SHELL := /bin/bash
CONFIGURE = cmake -S . -G Ninja -DCMAKE_C_COMPILER=clang-19 -DCMAKE_CXX_COMPILER=clang++-19 \
	-DCMAKE_CXX_COMPILER_LAUNCHER=ccache -DCMAKE_C_COMPILER_LAUNCHER=ccache
export CCACHE_SLOPPINESS := pch_defines,time_macros,include_file_mtime,include_file_ctime

.PHONY: build bootstrap
bootstrap:
	@tools/bootstrap.sh

build: bootstrap
	@test -f build/build.ninja || $(CONFIGURE) -B build -DCMAKE_BUILD_TYPE=RelWithDebInfo >/dev/null
	@ninja -C build --quiet
