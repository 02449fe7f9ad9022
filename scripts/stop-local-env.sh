#!/usr/bin/env bash
# Stops the stack that setup-local-env.sh started; documents stay in the data directory.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

pid=$(stack_pid)
if [ -z "$pid" ]; then
  rm -f "$pid_file"
  good "No stack runs on $data."
  exit
fi

# Gives running jobs time to finish.
wait_until_gone() {
  local deadline=$((SECONDS + 45))
  kill -TERM "$pid"
  while kill -0 "$pid" 2>/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "Process $pid still runs; \`kill -9 $pid\` ends it, and nothing is lost." && return 1; }
    sleep 0.1
  done
}
step "Stopping process $pid" wait_until_gone
rm -f "$pid_file"
