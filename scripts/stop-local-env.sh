#!/usr/bin/env bash
# Stops the stack that setup-local-env.sh started, embedded or in containers; documents stay.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. scripts/containers.sh

pid=$(stack_pid)
if [ -z "$pid" ] && containers_exist; then
  step "Stopping the containers" compose --profile full down --remove-orphans
  exit
fi
if [ -z "$pid" ]; then
  rm -f "$pid_file"
  good "No stack runs, neither on $data nor in containers."
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
