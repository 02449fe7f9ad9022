#!/usr/bin/env bash
# Installs what is missing, checks types, lint and format, and runs the tests, those of SQL on PostgreSQL if
# available and on PGlite otherwise. Once installed, needs no network, no fixed port and no running stack.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
[ $# -eq 0 ] || fail "Usage: scripts/run-local-tests.sh (one file alone: pnpm test test/a/file.test.ts)" 2

install_packages

# The tests start some hundred processes from the same sources. Most are killed, and none of those writes what it compiled,
# so that one that ends in an orderly way does it for all: loading the modules then takes 40% less processor time.
export NODE_COMPILE_CACHE=$PWD/.cache/compiled
pnpm exec node scripts/compile.ts

report=$(mktemp)
played=$(mktemp)
lab_port=''
finish() {
  rm -f "$report" "$played"
  [ -z "$lab_port" ] || "$lab" down "$lab_port" >/dev/null 2>&1 || true
}
trap finish EXIT
trap 'exit 130' INT TERM

# POSTGRES_LAB is a script: `up PORT` starts a PostgreSQL with pgvector and prints its URL, `down PORT` removes it again.
lab=${POSTGRES_LAB:-../shared/tools/postgres-lab}
postgres_skipped=''
if [ -n "${DATABASE_URL:-}" ]; then
  good "PostgreSQL: DATABASE_URL is set"
elif [ -x "$lab" ]; then
  lab_port=$((20000 + RANDOM % 10000))
  while is_busy "$lab_port"; do lab_port=$((lab_port + 1)); done
  if url=$(umask "$usual_umask" && "$lab" up "$lab_port" 2>"$report" | tail -n 1) && [ -n "$url" ]; then
    export DATABASE_URL=$url
    good "PostgreSQL: started on port $lab_port"
    pnpm exec node scripts/relax-server.ts 2>"$report" || note "It waits for the disk: $(tail -n 1 "$report")"
  else
    postgres_skipped="$lab could not start one: $(tail -n 1 "$report")"
  fi
else
  postgres_skipped="neither DATABASE_URL nor POSTGRES_LAB names one"
fi

# Faults on real processes: they mostly wait, so the tests run alongside. `pnpm faults` runs all of them.
pnpm faults --fast >"$played" 2>&1 &
playing=$!

checks_failed=0
echo
if pnpm check; then good "Types, lint and format"; else checks_failed=1; fi

echo
tests_failed=0
pnpm exec vitest run --reporter=default --reporter=json --outputFile.json="$report" || tests_failed=1

echo
faults_failed=0
wait "$playing" || faults_failed=1
cat "$played"

echo
[ -z "$postgres_skipped" ] || note "Not tested on PostgreSQL: $postgres_skipped."
pnpm exec node -e '
  const report = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"))
  const skipped = report.testResults.flatMap((file) => file.assertionResults)
    .filter(({ status }) => status !== "passed" && status !== "failed")
  if (skipped.length > 0) console.log("Skipped:\n" + skipped.map(({ fullName }) => "  " + fullName.trim()).join("\n"))
' "$report" || true
[ "$faults_failed" -eq 0 ] || printf '%s\n' "${red}✗${plain} pnpm faults --fast failed; it counts as one test below."
[ "$checks_failed" -eq 0 ] || printf '%s\n' "${red}✗${plain} pnpm check failed; it counts as one test below."
note "$SECONDS s in all"

# A file that could not be loaded has no tests in the report and counts as one failure.
pnpm exec node -e '
  const [file, checks, tests] = process.argv.slice(1)
  let counts = { passed: 0, failed: 0 }
  try {
    const report = JSON.parse(require("node:fs").readFileSync(file, "utf8"))
    const broken = report.testResults.filter(({ assertionResults, status }) => status === "failed" &&
      !assertionResults.some((test) => test.status === "failed"))
    counts = { passed: report.numPassedTests, failed: report.numFailedTests + broken.length }
  } catch {}
  const failed = Math.max(counts.failed, Number(tests)) + Number(checks)
  console.log(`${counts.passed} passed, ${failed} failed`)
  process.exitCode = failed === 0 && counts.passed > 0 ? 0 : 1
' "$report" "$((checks_failed + faults_failed))" "$tests_failed"

# Only reached if all passed.
measured tests "$SECONDS"
