#!/usr/bin/env bash
# Carries the action out: builds ctload from the action's own checkout if that has not been done, runs the scenario, compares.
# The exit code is that of the run, or of the comparison.
set -euo pipefail
package=$(cd "$(dirname "$0")/../../.." && pwd)
[ -e "$package/dist/cli.js" ] || sh "$package/.ci/setup" run

as=()
if [ "$CTLOAD_RUN_DRIVER" != docker ] && [ "$(id -u)" != 0 ]; then as=(sudo -E env "PATH=$PATH"); fi
status=0
"${as[@]}" node "$package/dist/cli.js" run "$CTLOAD_SCENARIO" --driver "$CTLOAD_RUN_DRIVER" \
  --output "$CTLOAD_OUTPUT" --junit-file "$CTLOAD_OUTPUT.xml" || status=$?

if [ -e "$CTLOAD_OUTPUT/summary.json" ]; then
  verdict=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).verdict.kind' "$CTLOAD_OUTPUT/summary.json")
  printf 'verdict=%s\nreport=%s\n' "$verdict" "$CTLOAD_OUTPUT/report.html" >> "$GITHUB_OUTPUT"
fi
if [ "$status" != 0 ] || [ -z "$CTLOAD_BASELINE" ]; then exit "$status"; fi

arguments=()
for limit in $CTLOAD_MAX_REGRESSION; do arguments+=(--max-regression "$limit"); done
for key in $CTLOAD_ALLOW_DIFFERENT; do arguments+=(--allow-different "$key"); done
exec node "$package/dist/cli.js" compare "$CTLOAD_BASELINE" "$CTLOAD_OUTPUT" "${arguments[@]}"
