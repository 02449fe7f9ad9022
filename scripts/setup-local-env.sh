#!/usr/bin/env bash
# From a fresh clone to a first search: installs, starts the stack, ingests examples/, searches. Safe to re-run.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage="Usage: scripts/setup-local-env.sh [--embedded | --docker]"
for argument in "$@"; do
  case $argument in
    --embedded) ;;
    --docker) fail "There is no compose file yet: run this without --docker for the embedded stack, which needs no Docker." 2 ;;
    -h | --help) echo "$usage" && exit ;;
    *) fail "$usage" 2 ;;
  esac
done

question="What is the waiting period for damage from rising groundwater?"
answer="only after a waiting period of 21 days from the start of the policy"

start_stack() {
  local pair
  for pair in $ports; do
    if is_busy "${pair#*=}"; then
      fail "Port ${pair#*=} is used by $(listener "${pair#*=}"), which is not this stack: stop it, or set ${pair%=*} (and ACCESSA_DATA_DIR for a second stack)."
    fi
  done
  mkdir -p "$(dirname "$log_file")"
  [ ! -f "$log_file" ] || mv -f "$log_file" "$log_file.1"
  # A separate process group, so that Ctrl-C here does not stop it.
  set -m
  LOG_FORMAT=pretty nohup node_modules/.bin/node src/bin/start.ts >>"$log_file" 2>&1 </dev/null &
  printf '%s\n%s\n' "$!" "$ports" >"$pid_file"
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

install_packages

started=''
pid=$(stack_pid)
if [ -n "$pid" ]; then
  used=$(sed -n 2p "$pid_file" 2>/dev/null || true)
  [ "${used:-$ports}" = "$ports" ] \
    || fail "The stack of $data already runs (process $pid) with $used: set these, or another ACCESSA_DATA_DIR."
  good "The stack already runs (process $pid)"
else
  start_stack
  started=yes
  pid=$(sed -n 1p "$pid_file")
fi
step "Waiting until the stack is ready" wait_until_ready "$pid"

echo
accessa ingest examples/documents --wait --timeout 3m || fail "Not every example is complete; the log is in $log_file."

echo
echo "${bold}$question${plain}"
found=$(accessa search --json --limit 3 "$question" | pick "
  d.hits.filter((hit) => hit.text.includes('$answer')).map((hit) => hit.filename + ', page ' + hit.page).join()")
[ -n "$found" ] || fail "The search does not find the sentence of the policy that answers this."
good "$found: “… $answer.”"

[ -z "$started" ] || measured setup "$SECONDS"

at_data='' at_port=''
[ "$data" = .accessa ] || at_data="ACCESSA_DATA_DIR=$data "
[ "$api_port" = 8000 ] || at_port="API_PORT=$api_port "
cat <<END

${green}${bold}Ready in $SECONDS s.${plain} Everything runs on this machine$([ -n "${LLAMAPARSE_API_URL:-}${OPENAI_API_URL:-}" ] || echo ", with mock providers: no account, no key").

  Dashboard       http://127.0.0.1:$monitor_port (sign in with the key in $data/local-key)
  API             $ACCESSA_URL
  API reference   $ACCESSA_URL/docs
  Log             $log_file
  Stop            ${at_data}scripts/stop-local-env.sh
$([ ! -x "$own_pnpm/pnpm" ] || printf '\nThis machine has no pnpm %s; to use the one of this folder: export PATH="%s:$PATH"\n' "${pnpm_version%%.*}" "$own_pnpm")
Next: ${bold}${at_data}${at_port}pnpm accessa ingest your-document.pdf --wait${plain}
END
