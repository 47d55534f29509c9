#!/usr/bin/env bash
# Boots systemd on a copy of this machine that vanishes with it, runs a script there as root and ends: its own
# view of the file system (an overlay, written to memory), of the network (loopback alone) and of the processes.
#   in_scratch_root.sh DIRECTORY SCRIPT ARGUMENTS…     DIRECTORY is visible at its own place, writable;
#                                                      what the script says goes to DIRECTORY/said
set -euo pipefail
if [[ -z ${SCRATCH_ROOT:-} ]]; then
  SCRATCH_ROOT=$(mktemp -d)
  export SCRATCH_ROOT
  trap 'rmdir "$SCRATCH_ROOT"' EXIT
  unshare --mount --net --pid --ipc --uts --cgroup --fork --kill-child "$0" "$@"
  exit
fi
base=$SCRATCH_ROOT
directory=$1
shift
mount --make-rprivate /
root=$base/root
mount -t tmpfs -o mode=755 scratch "$base"
mkdir "$base/upper" "$base/work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=1777 tmp "$root/tmp"
repository=$(cd "$(dirname "$0")/../../.." && pwd)
for shared in "$repository" "$directory"; do
  mkdir -p "$root$shared"
  mount --rbind "$shared" "$root$shared"
done
ip link set lo up

cat >"$root/etc/systemd/system/under-test.service" <<UNIT
[Unit]
DefaultDependencies=no
SuccessAction=exit
FailureAction=exit

[Service]
Type=oneshot
ExecStart=$*
StandardOutput=append:$directory/said
StandardError=append:$directory/said
UNIT
# Not chroot: the kernel gives nobody in a chroot a user namespace, which PrivateUsers= needs.
mkdir "$root/.before"
cd "$root"
pivot_root . .before
umount -l /.before
mount --make-rshared / # as a container manager leaves it: credentials are mounted from a process of their own
exec env -i container=scratch PATH=/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=under-test.service --log-target=null --show-status=0
