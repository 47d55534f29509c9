#!/bin/bash
# fuzz/run.sh BUILD SECONDS [NAME…]: runs every fuzz program of a build tree (or those named) for so
# many seconds each, one per processor at a time. Says nothing but one line each unless one crashes.
set -u
cd "$(dirname "$0")/.."
build=$1 seconds=$2
shift 2

fuzz_one() {
    local build=$1 seconds=$2 name=$3
    local grown=$build/fuzzers/corpus/$name
    local log=$build/fuzzers/$name.log
    mkdir -p "$grown"
    if "$build/fuzzers/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 \
        -artifact_prefix="$build/fuzzers/$name-" "$grown" "fuzz/corpus/$name" >"$log" 2>&1; then
        echo "fuzz $name: $(grep -E '^Done|DONE' "$log" | tail -n 1)"
    else
        tail -n 60 "$log"
        echo "fuzz $name: FAILED, see $log"
        return 1
    fi
}
export -f fuzz_one

if [ $# -eq 0 ]; then
    for program in "$build"/fuzzers/fuzz_*; do
        set -- "$@" "${program##*/fuzz_}"
    done
fi
printf '%s\n' "$@" | xargs -P "$(nproc)" -I{} bash -c 'fuzz_one "$@"' _ "$build" "$seconds" {}
