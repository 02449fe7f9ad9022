#!/usr/bin/env bash
# Checks a running stack: every service, and a new document through the whole pipeline. Exits with 0 or 1.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/containers.sh
[ $# -eq 0 ] || fail "Usage: scripts/validate-local-environment.sh (for another stack, set API_PORT and the mocks' ports)" 2
[ -x node_modules/.bin/node ] || fail "Nothing is installed yet: run scripts/setup-local-env.sh first."
mode=embedded
if [ -z "$(stack_pid)" ] && containers_exist; then
  mode=docker
  read_compose_ports
fi
note "Validating the stack $([ "$mode" = docker ] && echo "in containers" || echo "of $data"), at $ACCESSA_URL."

failed=0
row() { printf '%s %-16s %s\n' "$1" "$2" "$3"; }
passes() { row "${green}✓${plain}" "$1" "$2"; }
fails() { row "${red}✗${plain}" "$1" "$2" && failed=$((failed + 1)); }

# The CLI's error message.
reason() { tail -n 1 "$work/error" | pick d.error.detail; }

work=$(mktemp -d)
document=''
finish() {
  if [ -n "$document" ]; then
    # The key is passed by the environment, because arguments are visible to all users.
    KEY=${ACCESSA_API_KEY:-$(cat "$data/local-key")} pnpm exec node -e '
      fetch(process.argv[1], { method: "DELETE", headers: { authorization: `Bearer ${process.env.KEY}` } })
        .then((answer) => process.exit(answer.status === 204 ? 0 : 1))
    ' "$ACCESSA_URL/api/v1/documents/$document" && passes deletion "the canary is gone again" || fails deletion "document $document is still there"
  fi
  rm -rf "$work"
  echo
  [ "$failed" -eq 0 ] || fail "The environment has problems: $failed of its checks failed."
  good "The environment is in order."
  if [ -f config/baseline.local.json ]; then
    note "Whether it still does what was recorded of it: $(at_data)$(at_port)pnpm accessa baseline compare"
  else
    note "No baseline is recorded here, so nothing was compared with one. To record this stack: $(at_data)$(at_port)pnpm accessa baseline record"
  fi
}
trap finish EXIT

if [ "$mode" = docker ]; then
  while read -r service state health; do
    case "$state $health" in
      "running healthy") passes "$service" "runs and is healthy" ;;
      running*) fails "$service" "runs, but is ${health:-not checked}: see docker compose logs $service" ;;
      *) fails "$service" "is $state: start it with docker compose up -d $service" ;;
    esac
  done < <(service_states)
fi

if ! accessa doctor 2>/dev/null || [ "$failed" -gt 0 ]; then
  failed=$((failed + 1))
  row "${dim}–${plain}" canary "not sent, as something it needs is missing"
  exit
fi

# Unique text, so that no earlier document can match.
id=$(pnpm exec node -p 'crypto.randomUUID()')
sentence="The canary $id sang in the harbour office before anyone else was awake."
start=$SECONDS
if ! echo "$sentence" | accessa ingest - --name "canary-$id.md" --no-wait --json >"$work/job" 2>"$work/error"; then
  fails canary "$(reason)"
  exit
fi
document=$(pick d.document_id <"$work/job")
job=$(pick d.job_id <"$work/job")
[ "$(pick d.duplicate <"$work/job")" = false ] || fails canary "it was taken for a document that is known already"
if ! accessa jobs watch "$job" --timeout 60s --json >/dev/null 2>"$work/error"; then
  fails canary "$(reason) $(accessa jobs explain "$job" --json 2>/dev/null | pick d.sentence)"
  exit
fi
passes canary "complete within $((SECONDS - start)) s of its upload"

if accessa receipt "$job" --json >"$work/receipt" 2>"$work/error"; then
  passes receipt "$(pick '`${d.chunks_stored} of ${d.chunks_expected} chunks, ${d.vectors_stored} vectors of ${d.dimensions} dimensions`' <"$work/receipt")"
else
  fails receipt "$(reason)"
fi

if accessa search "$sentence" --limit 1 --json >"$work/hits" 2>"$work/error" \
  && [ "$(pick 'd.hits[0]?.document_id' <"$work/hits")" = "$document" ]; then
  passes search "the canary comes first, score $(pick 'd.hits[0].score.toFixed(3)' <"$work/hits")"
else
  fails search "the canary is not the first hit for its own words"
fi
