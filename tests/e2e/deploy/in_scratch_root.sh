#!/usr/bin/env bash
# Runs a command as root on a copy of this machine that vanishes with it: its own view of the file system
# (an overlay, written to memory), of the network (loopback alone) and of the processes.
#   in_scratch_root.sh DIRECTORY COMMAND…     DIRECTORY is visible at its own place, writable
set -euo pipefail
if [[ ${IN_SCRATCH_ROOT:-} != 1 ]]; then
  export IN_SCRATCH_ROOT=1
  exec unshare --mount --net --pid --fork --kill-child "$0" "$@"
fi
directory=$1
shift
mount --make-rprivate /
base=$(mktemp -d)
mount -t tmpfs -o mode=755 scratch "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
mount -t proc proc "$base/root/proc"
mount --rbind /dev "$base/root/dev"
mount -t tmpfs -o mode=1777 tmp "$base/root/tmp"
repository=$(cd "$(dirname "$0")/../../.." && pwd)
for shared in "$repository" "$directory"; do
  mkdir -p "$base/root$shared"
  mount --rbind "$shared" "$base/root$shared"
done
ip link set lo up
exec chroot "$base/root" "$@"
