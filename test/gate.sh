#!/usr/bin/env bash
# Type check, lint, dependency directions and every test; ends with the line "N passed, N failed, N skipped".
set -u
cd "$(dirname "$0")/.." || exit 1
if [ ! -x node_modules/.bin/bun ] || [ ! -x node_modules/.bin/tsc ] || [ ! -x node_modules/.bin/eslint ]; then
  npm ci --no-audit --no-fund || exit 1
fi
PATH="$PWD/node_modules/.bin:$PATH"
status=0
tsc --noEmit || status=1
eslint --max-warnings 0 src test || status=1
bun test/directions.ts || status=1
report=$(mktemp) || exit 1
trap 'rm -f "$report"' EXIT
bun test >"$report" 2>&1 || status=1
cat "$report"
count() { awk -v word="$1" '$2 == word && NF == 2 { n = $1 } END { print n + 0 }' "$report"; }
echo "$(count pass) passed, $(count fail) failed, $(count skip) skipped"
exit "$status"
