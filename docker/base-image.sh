#!/bin/sh
# Writes a base image for docker/Dockerfile as a tar archive to stdout, made from Debian or Ubuntu packages and this machine's
# Node, for machines without access to a registry:
#   docker/base-image.sh | docker import - ctload/base
# Needs apt and its mirror, but not root: packages are only unpacked, into a temporary folder.
set -eu

die() { printf '%s\n' "base-image.sh: $*" >&2; exit 1; }

command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || die 'apt-get or dpkg-deb is missing: not Debian or Ubuntu'
node=$(command -v "${NODE:-node}") || die 'node is missing'

work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 1' INT TERM HUP
root=$work/root
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$root"
: >"$work/status" # as if nothing were installed, so that dependencies are fetched too

# fetch LISTS: the packages and their dependencies, using the package lists in that folder
fetch() {
  apt "$1" install --yes --download-only --no-install-recommends \
    nftables iptables iproute2 conntrack ethtool util-linux dash coreutils grep
}
apt() {
  lists=$1; shift
  apt-get -qq -o Dir::State="$work" -o Dir::State::lists="$lists" -o Dir::State::status="$work/status" \
    -o Dir::Cache="$work/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User=root "$@" >&2
}
# This machine's lists may be old or missing.
fetch /var/lib/apt/lists 2>/dev/null || { apt "$work/lists" update && fetch "$work/lists"; } || die 'cannot reach a Debian or Ubuntu mirror'

for folder in bin sbin lib lib64; do
  mkdir -p "$root/usr/$folder"
  ln -s "usr/$folder" "$root/$folder"
done
for package in "$work"/cache/archives/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -xk --keep-directory-symlink --no-same-owner -C "$root"
done
# What installing them would have set up.
mkdir -p -m 1777 "$root/tmp"
ln -sf dash "$root/bin/sh"
for command in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  [ -e "$root/usr/sbin/$command" ] || ln -sf xtables-nft-multi "$root/usr/sbin/$command"
done

install -D -m 755 "$(readlink -f "$node")" "$root/usr/local/bin/node"
for library in $(ldd "$node" | grep -o '/[^ )]*'); do
  [ -e "$root$library" ] || install -D "$library" "$root$library"
done

for unread in doc info locale man; do rm -rf "$root/usr/share/$unread"; done
tar -C "$root" --owner=0 --group=0 --numeric-owner -cf - .
