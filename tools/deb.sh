#!/usr/bin/env bash
# The Debian package of what is built, with the console in it: tools/deb.sh DIRECTORY
# CONSOLE names a directory that holds the built console already, or is "none". Where none can be built the package is
# that of an API, and this says so.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$1

if [[ -z ${CONSOLE:-} ]]; then
  CONSOLE=none
  if tools/console.sh build; then CONSOLE=console/dist; fi
fi
if [[ $CONSOLE == none ]]; then
  echo "The package is without the console: the hub in it is an API alone."
elif [[ ! -f $CONSOLE/index.html ]]; then
  echo "there is no console in $CONSOLE: it has no index.html" >&2
  exit 1
else
  CONSOLE=$(realpath "$CONSOLE")
fi
# What is in a package of before must not be in this one.
log=build/cpack.log
rm -rf "$target/_CPack_Packages"
SIAHUB_CONSOLE_FILES=$CONSOLE cpack --config build/CPackConfig.cmake -B "$target" >"$log" || { cat "$log"; exit 1; }
rm -rf "$target/_CPack_Packages"
ls "$target"/*.deb
