#!/usr/bin/env bash
# From a fresh clone to a first search: installs, starts the stack, ingests examples/, searches. Safe to re-run.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/containers.sh

usage="Usage: scripts/setup-local-env.sh [--embedded | --docker]"
mode=''
for argument in "$@"; do
  case $argument in
    --embedded | --docker) mode=${argument#--} ;;
    -h | --help) echo "$usage" && exit ;;
    *) fail "$usage" 2 ;;
  esac
done

question="What is the waiting period for damage from rising groundwater?"
answer="only after a waiting period of 21 days from the start of the policy"

start_stack() {
  refuse_busy_ports
  check_memory 1000
  check_disk . 2
  mkdir -p "$(dirname "$log_file")"
  [ ! -f "$log_file" ] || mv -f "$log_file" "$log_file.1"
  # A separate process group, so that Ctrl-C here does not stop it.
  set -m
  # As `pnpm start`, without pnpm's own process.
  MALLOC_ARENA_MAX=1 LOG_FORMAT=pretty nohup node_modules/.bin/node --max-semi-space-size=16 --no-wasm-code-gc --import ./src/bin/preload.js \
    src/bin/start.ts >>"$log_file" 2>&1 </dev/null &
  printf '%s\n%s\n%s\n' "$!" "$ports" "$(code)" >"$pid_file"
  nohup bash -c "$bound_log" - "$!" "$log_file" >/dev/null 2>&1 </dev/null &
  set +m
}

# While the process lives: rotates the log at 10 MB, keeping one older file.
bound_log='while sleep 60 && kill -0 "$1"; do [ "$(wc -c <"$2")" -lt 10000000 ] || { cp "$2" "$2.1" && : >"$2"; }; done'

wait_until_ready() {
  local pid=$1 deadline=$((SECONDS + 90)) findings
  until findings=$(accessa doctor 2>&1); do
    kill -0 "$pid" 2>/dev/null || { tail -n 15 "$log_file" && return 1; }
    [ "$SECONDS" -lt "$deadline" ] || { printf '%s\nThe log is in %s.\n' "$findings" "$log_file" && return 1; }
    sleep 0.3
  done
}

start_embedded() {
  local pid used ran
  pid=$(stack_pid)
  if [ -n "$pid" ]; then
    used=$(sed -n 2p "$pid_file" 2>/dev/null || true)
    [ "${used:-$ports}" = "$ports" ] \
      || fail "The stack of $data already runs (process $pid) with $used: set these, or another ACCESSA_DATA_DIR."
    good "The stack already runs (process $pid)"
    ran=$(sed -n 3p "$pid_file" 2>/dev/null || true)
    [ "${ran:-$(code)}" = "$(code)" ] \
      || note "It still runs the code of ${ran:0:8}: for that of this folder, run $(at_data)scripts/stop-local-env.sh, then this again."
  else
    start_stack
    started=yes
    pid=$(sed -n 1p "$pid_file")
  fi
  step "Waiting until the stack is ready" wait_until_ready "$pid"
}

# What runs already stays; otherwise containers where an engine answers.
why=$(no_containers)
[ -n "$mode" ] || [ -z "$(stack_pid)" ] || mode=embedded
if [ -z "$mode" ]; then
  if [ -z "$why" ]; then mode=docker; else mode=embedded; fi
fi
if [ "$mode" = docker ]; then
  [ -z "$why" ] || fail "--docker needs a Docker engine with Compose, but $why. Start it, or use --embedded, which needs none."
  note "Docker Compose: PostgreSQL and every process in a container of its own (--embedded runs all in one process)."
  [ -z "$(stack_pid)" ] || fail "The embedded stack of $data runs (process $(stack_pid)): stop it first with scripts/stop-local-env.sh."
  check_engine
else
  note "Embedded: everything in one process, with its own database${why:+, as $why}."
fi

started=''
install_packages
if [ "$mode" = docker ]; then start_containers; else start_embedded; fi

echo
log=$log_file
[ "$mode" = embedded ] || log="docker compose logs"
accessa ingest examples/documents --wait --timeout 3m || fail "Not every example is complete. The log: $log"

echo
echo "${bold}$question${plain}"
found=$(accessa search --json --limit 3 "$question" | pick "
  d.hits.filter((hit) => hit.text.includes('$answer')).map((hit) => hit.filename + ', page ' + hit.page).join()")
[ -n "$found" ] || fail "The search does not find the sentence of the policy that answers this."
good "$found: “… $answer.”"

[ -z "$started" ] || measured setup "$SECONDS"

traces=''
if [ "$mode" = docker ] && [ -n "$(compose ps --quiet jaeger 2>/dev/null)" ]; then
  traces="
  Traces          http://127.0.0.1:$(setting_of JAEGER_PORT 16686)"
fi
cat <<END

${green}${bold}Ready in $SECONDS s.${plain} Everything runs on this machine$([ -n "${LLAMAPARSE_API_URL:-}${OPENAI_API_URL:-}" ] || echo ", with mock providers: no account, no key").

  Dashboard       http://127.0.0.1:$monitor_port (sign in with the key in $data/local-key)
  API             $ACCESSA_URL
  API reference   $ACCESSA_URL/docs$traces
  Log             $log
  Stop            $(at_data)scripts/stop-local-env.sh
$([ ! -x "$own_pnpm/pnpm" ] || printf '\nThis machine has no pnpm %s; to use the one of this folder: export PATH="%s:$PATH"\n' "${pnpm_version%%.*}" "$own_pnpm")
Next: ${bold}$(at_data)$(at_port)pnpm accessa ingest your-document.pdf --wait${plain}
END
