#!/usr/bin/env bash
# Type check, lint, dependency directions and every test; ends with the line "N passed, N failed, N skipped".
# Tests of one kind share a process; each file that needs the kernel has its own, so that what one leaves behind in
# its process (namespaces, descriptors, a crash) is not another's failure.
set -u
cd "$(dirname "$0")/.." || exit 1
if [ ! -x node_modules/.bin/bun ] || [ ! -x node_modules/.bin/tsc ] || [ ! -x node_modules/.bin/eslint ]; then
  npm ci --no-audit --no-fund || exit 1
fi
if [ "$(id -u)" -eq 0 ]; then
  sh packaging/set-up || exit 1
fi
PATH="$PWD/node_modules/.bin:$PATH"
status=0
passed=0
failed=0
skipped=0
report=$(mktemp) || exit 1
failures=$(mktemp) || exit 1
trap 'rm -f "$report" "$failures"' EXIT

count() { awk -v word="$1" '$2 == word && NF == 2 { n = $1 } END { print n + 0 }' "$report"; }

run_tests() {
  local began=$SECONDS code=0 wrong
  bun test "$@" >"$report" 2>&1 || code=$?
  cat "$report"
  wrong=$(count fail)
  # A run that ends badly without naming a test (a crash, an error between tests) is a failure too.
  if [ "$code" -ne 0 ]; then
    status=1
    [ "$wrong" -ne 0 ] || wrong=1
    { echo "$* (exit code $code, $((SECONDS - began)) s)"; grep '^(fail)' "$report"; } >>"$failures"
  fi
  passed=$((passed + $(count pass)))
  failed=$((failed + wrong))
  skipped=$((skipped + $(count skip)))
  echo "-- $* took $((SECONDS - began)) s"
}

tsc --noEmit || status=1
eslint --max-warnings 0 src test bench packaging examples || status=1
bun test/directions.ts || status=1
# Kernel waits sleep in threads of the pool, which has one for each processor where nothing is said.
export UV_THREADPOOL_SIZE=16
run_tests ./src
while IFS= read -r file; do
  run_tests "./$file"
done < <(find test -name '*.test.ts' | sort)
if [ -s "$failures" ]; then
  echo "Failed:"
  cat "$failures"
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
