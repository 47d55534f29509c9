#!/usr/bin/env bash
# clang-tidy over every source of src/, two at a time, with the compile commands of a build tree.
set -euo pipefail
cd "$(dirname "$0")/.."
git ls-files 'src/*.cpp' | grep -v '_test.cpp$\|_bench.cpp$' |
  xargs -P 2 -n 4 clang-tidy-19 -p "$1" --quiet 2> >(grep -v 'warnings generated\|^$' >&2)
