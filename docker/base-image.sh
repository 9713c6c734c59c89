#!/bin/sh
# Writes a base image for docker/Dockerfile as a tar archive to stdout, from Debian packages and this machine's Node, for
# places without a registry:
#   docker/base-image.sh | docker import - ctload/base
# Needs root, debootstrap and a Debian mirror (DEBIAN_MIRROR; default: the one apt uses, else deb.debian.org).
set -eu

die() { printf '%s\n' "base-image.sh: $*" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die 'debootstrap needs root'
command -v debootstrap >/dev/null || die 'debootstrap is missing: apt-get install debootstrap'
node=$(command -v "${NODE:-node}") || die 'node is missing'

# This machine's release: its libc is the one this machine's Node runs with.
suite=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-bookworm}")
[ -e "/usr/share/debootstrap/scripts/$suite" ] || suite=bookworm

root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT INT TERM HUP

debootstrap --variant=minbase \
  --include=nftables,iptables,iproute2,conntrack,util-linux,libstdc++6,libatomic1,ca-certificates \
  "$suite" "$root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >&2

install -D -m 755 "$(readlink -f "$node")" "$root/usr/local/bin/node"
chroot "$root" /usr/local/bin/node --version >&2 || die "this machine's $node does not run in $suite"

rm -rf "$root/var/cache/apt" "$root/var/lib/apt/lists" "$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/locale"
tar -C "$root" --one-file-system -cf - .
