#!/usr/bin/env bash
# Installs the Debian packages that building and testing need, when one is missing. Quick otherwise.
# tools/bootstrap.sh build: only what building needs.
set -euo pipefail
packages=(
  clang-19 lld-19 libclang-rt-19-dev libstdc++-12-dev
  cmake ninja-build ccache pkg-config make python3 dpkg-dev file
  libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev libboost-system1.81-dev
  libsqlite3-dev libpq-dev libssl-dev libsodium-dev libisal-dev liblz4-dev libyaml-dev libtomlplusplus-dev libfmt-dev librust-blake3-dev
  python3-mnemonic # words of recovery phrases
  libgtest-dev libgmock-dev librapidcheck-dev libbenchmark-dev
)
test_packages=(
  clang-tidy-19 clang-format-19 python3-venv git git-lfs curl openssl sqlite3
  postgresql postgresql-client redis-server nginx-light caddy
  lintian systemd faketime python3-yaml iproute2
  chromium # the pages of the console are driven in it
)
if [[ ${1:-} != build ]]; then
  packages+=("${test_packages[@]}")
  # The end-to-end tests drive a Node client; any Node that is there already will do.
  command -v node >/dev/null && command -v npm >/dev/null || packages+=(nodejs npm)
  # Storage hosts of a test network are Rust programs; Debian's ordinary cargo is too old for them.
  command -v cargo >/dev/null || packages+=(cargo-web)
fi
missing=()
for package in "${packages[@]}"; do
  state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  [[ $state == ii* ]] || missing+=("$package")
done
[[ ${#missing[@]} -eq 0 ]] && exit 0
echo "installing: ${missing[*]}"
as_root=(); [[ $EUID -eq 0 ]] || as_root=(sudo)
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
