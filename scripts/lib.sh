# Shared by the scripts: progress output, installing pnpm and packages on a bare machine, and the local stack's process.
# Sourced, never run. Compatible with bash 3.2, which macOS has.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

# The stack's files are private to their owner; installed packages keep the usual permissions.
usual_umask=$(umask)
umask 077

pnpm_version=$(sed -n 's/.*"packageManager": "pnpm@\([0-9.]*\)".*/\1/p' package.json)
own_pnpm=$root/.cache/pnpm/node_modules/.bin
export PATH="$own_pnpm:$PATH"

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  green=$'\033[32m' red=$'\033[31m' dim=$'\033[2m' bold=$'\033[1m' plain=$'\033[0m'
else
  green='' red='' dim='' bold='' plain=''
fi

good() { printf '%s\n' "${green}✓${plain} $1"; }
note() { printf '%s\n' "${dim}·${plain} $1"; }
fail() {
  printf '%s\n' "${red}✗${plain} $1" >&2
  exit "${2:-1}"
}

# step LABEL COMMAND…: quiet unless it fails; shows elapsed time on a terminal.
step() {
  local label=$1 log status=0 start=$SECONDS
  shift
  log=$(mktemp)
  if [ -t 1 ]; then
    "$@" >"$log" 2>&1 </dev/null &
    local pid=$!
    # Background commands do not receive Ctrl-C.
    trap 'kill "$pid" 2>/dev/null; exit 130' INT
    while kill -0 "$pid" 2>/dev/null; do
      printf '\r\033[2K%s' "${dim}· $label … $((SECONDS - start)) s${plain}"
      sleep 0.2
    done
    printf '\r\033[2K'
    wait "$pid" || status=$?
    trap - INT
  else
    note "$label …"
    "$@" >"$log" 2>&1 </dev/null || status=$?
  fi
  if [ "$status" -ne 0 ]; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    fail "$label failed after $((SECONDS - start)) s."
  fi
  rm -f "$log"
  good "$label ($((SECONDS - start)) s)"
}

# measured NAME SECONDS: how long a script took here, for `accessa kpi`.
measured() {
  mkdir -p .cache/measured
  printf '{"at":"%s","seconds":%s}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" >".cache/measured/$1.json"
}

# Any Node from 18 can install; the project's own Node 24 comes with its packages.
install_packages() {
  local major
  umask "$usual_umask"
  major=$(node -p 'process.versions.node.split(".")[0]' 2>/dev/null) || major=0
  [ "$major" -ge 18 ] || fail "Node.js 18 or newer is missing: install it from https://nodejs.org (or your package manager) and run this again."
  case $(pnpm --version 2>/dev/null) in
    "${pnpm_version%%.*}".*) ;;
    *)
      command -v npm >/dev/null || fail "npm is missing: install it beside Node.js, or install pnpm ${pnpm_version%%.*}, and run this again."
      step "Getting pnpm $pnpm_version into .cache/" \
        npm install --prefix .cache/pnpm --no-save --no-audit --no-fund --loglevel=error "pnpm@$pnpm_version"
      ;;
  esac
  # Without CI=true, pnpm asks before replacing packages installed by another version.
  step "Installing packages" env CI=true pnpm install --frozen-lockfile
  umask 077
}

accessa() { pnpm exec node --no-wasm-code-gc src/bin/accessa.ts "$@"; }

# pick EXPRESSION: of the JSON document on stdin, called d.
pick() { pnpm exec node -e "const d = JSON.parse(require('node:fs').readFileSync(0, 'utf8')); console.log($1)"; }

# Tests must not depend on it.
. "$root/scripts/readEnvFile.sh"
if [ -f .env.local ] && [ "${0##*/}" != run-local-tests.sh ]; then
  readEnvFile .env.local
fi

# The local stack's address, so that the CLI never reaches another one.
data=${ACCESSA_DATA_DIR:-.accessa}
pid_file=$data/stack.pid
log_file=$data/logs/stack.log
read_ports() {
  api_port=${API_PORT:-8000}
  llamaparse_port=${MOCK_LLAMAPARSE_PORT:-8001}
  openai_port=${MOCK_OPENAI_PORT:-8002}
  monitor_port=${MONITOR_PORT:-3000}
  ports="API_PORT=$api_port MOCK_LLAMAPARSE_PORT=$llamaparse_port MOCK_OPENAI_PORT=$openai_port MONITOR_PORT=$monitor_port"
  export ACCESSA_URL=http://127.0.0.1:$api_port
}
read_ports

# Before a command that a person types: the settings by which it finds this stack.
at_data() { [ "$data" = .accessa ] || printf 'ACCESSA_DATA_DIR=%s ' "$data"; }
at_port() { [ "$api_port" = 8000 ] || printf 'API_PORT=%s ' "$api_port"; }

# The process that serves this data directory: started here, or by `pnpm start`, which holds the lock.
stack_pid() {
  local pid
  for pid in $(sed -n 1p "$pid_file" 2>/dev/null) $(lock_holder); do
    if is_stack "$pid"; then
      echo "$pid"
      return
    fi
  done
}

# The commit of this folder; empty without git.
code() { git rev-parse HEAD 2>/dev/null || true; }

is_stack() {
  kill -0 "$1" 2>/dev/null || return 1
  case $(command_line "$1") in *src/bin/start.ts*) ;; *) return 1 ;; esac
}

lock_holder() {
  [ -f "$data/lock" ] || return 0
  pnpm exec node -e '
    const { DatabaseSync } = require("node:sqlite")
    console.log(new DatabaseSync(process.argv[1], { timeout: 0 }).prepare("PRAGMA user_version").get().user_version)
  ' "$data/lock" 2>/dev/null || true
}

refuse_busy_ports() {
  local pair
  for pair in $ports "WORKER_HEALTH_PORT=${WORKER_HEALTH_PORT:-8003}"; do
    if is_busy "${pair#*=}"; then
      fail "Port ${pair#*=} is used by $(listener "${pair#*=}"), which is not this stack: stop it, or set ${pair%=*} (and ACCESSA_DATA_DIR for a second stack)."
    fi
  done
}

# check_disk FOLDER GIGABYTES: a folder that cannot be seen from here is not checked.
check_disk() {
  local free
  free=$(df -Pk "$1" 2>/dev/null | awk 'NR == 2 {printf "%d", $4 / 1e6}') || true
  [ -z "$free" ] || [ "$free" -ge "$2" ] || fail "The disk of $1 has $free GB left, and the stack needs $2: free some, and run this again."
}

# Linux tells how much is available; elsewhere nothing is checked.
check_memory() {
  local free
  free=$(awk '/^MemAvailable/ {printf "%d", $2 / 1e3}' /proc/meminfo 2>/dev/null) || true
  [ -z "$free" ] || [ "$free" -ge "$1" ] || fail "$free MB of memory are available, and the stack needs $1: close some programs, and run this again."
}

is_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The process that listens on a port, if it can be found out.
listener() {
  local pid
  pid=$(ss -ltnpH "sport = :$1" 2>/dev/null | sed -n 's/.*pid=\([0-9]*\).*/\1/p' | head -n 1)
  [ -n "$pid" ] || pid=$(lsof -nP -t -iTCP:"$1" -sTCP:LISTEN 2>/dev/null | head -n 1)
  if [ -n "$pid" ]; then echo "process $pid ($(command_line "$pid" | cut -c 1-80))"; else echo "another process"; fi
}

command_line() { { tr '\0' ' ' <"/proc/$1/cmdline" || ps -o args= -p "$1"; } 2>/dev/null | sed 's/ *$//'; }
