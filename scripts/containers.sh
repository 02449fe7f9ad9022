# Sourced by the scripts: the stack of docker-compose.yml.

compose() { docker compose "$@"; }

# Why containers cannot be used here; nothing if they can.
no_containers() {
  command -v docker >/dev/null || { echo "docker is not installed" && return; }
  docker info >/dev/null 2>&1 || { echo "no Docker engine answers" && return; }
  docker compose version >/dev/null 2>&1 || echo "docker has no compose"
}

containers_exist() { [ -z "$(no_containers)" ] && [ -n "$(compose ps --all --quiet 2>/dev/null)" ]; }

# Ports may also be set in .env, which Compose reads on its own.
read_compose_ports() {
  local pair
  for pair in $ports; do export "${pair%%=*}=$(setting_of "${pair%%=*}" "${pair#*=}")"; done
  read_ports
}

# setting_of NAME DEFAULT: what Compose uses, from the shell or its file.
setting_of() {
  local given=${!1:-}
  [ -n "$given" ] || given=$(sed -n "s/^$1=//p" "${COMPOSE_ENV_FILES:-.env}" 2>/dev/null | tail -n 1)
  echo "${given:-$2}"
}

# The engine's memory and disk, which on macOS and Windows are those of its virtual machine.
check_engine() {
  local gigabytes
  gigabytes=$(docker info --format '{{.MemTotal}}' | awk '{printf "%d", $1 / 1e9 + 0.5}')
  [ "$gigabytes" -ge 4 ] || fail "The Docker engine has $gigabytes GB of memory, and the stack needs 4: raise it in the engine's settings, or use --embedded."
  check_disk "$(docker info --format '{{.DockerRootDir}}')" 6
}

# An image of another project: here already, or fetched now.
has_image() { docker image inspect "$1" >/dev/null 2>&1 || docker pull --quiet "$1" >/dev/null 2>&1; }
image_of() { compose config --format json "$1" | pick "d.services['$1'].image"; }

# The services that can run here. Without Supabase Storage documents are kept on a volume, without Jaeger there are no traces.
choose_services() {
  local service image
  services=''
  for service in $(compose config --services); do
    case $service in
      supabase-storage)
        [ "$(setting_of STORAGE supabase)" = supabase ] || continue
        image=$(image_of "$service")
        if ! has_image "$image"; then
          note "$image cannot be pulled: documents are kept on a volume instead (STORAGE=filesystem in .env)."
          echo STORAGE=filesystem >>.env
          continue
        fi
        ;;
      jaeger)
        image=$(image_of "$service")
        if ! has_image "$image"; then
          note "$image cannot be pulled: the stack runs without traces (OTEL_EXPORTER_OTLP_ENDPOINT= in .env)."
          grep -q '^OTEL_EXPORTER_OTLP_ENDPOINT=' .env || echo OTEL_EXPORTER_OTLP_ENDPOINT= >>.env
          continue
        fi
        ;;
    esac
    services="$services $service"
  done
}

start_containers() {
  ./scripts/make-secrets.sh >/dev/null
  read_compose_ports
  choose_services
  if [ -z "$(compose ps --quiet 2>/dev/null)" ]; then
    started=yes
    ports="$ports POSTGRES_PORT=$(setting_of POSTGRES_PORT 5432)"
    case $services in *supabase-storage*) ports="$ports STORAGE_PORT=$(setting_of STORAGE_PORT 5000)" ;; esac
    case $services in *jaeger*) ports="$ports JAEGER_PORT=$(setting_of JAEGER_PORT 16686) OTLP_PORT=$(setting_of OTLP_PORT 4318)" ;; esac
    refuse_busy_ports
  fi
  step "Building the image" compose build
  # shellcheck disable=SC2086
  step "Starting the containers" compose up --detach --wait --wait-timeout 300 $services
  make_key
}

# The key is kept where the CLI looks for that of a local stack.
make_key() {
  local file=$data/local-key
  [ ! -s "$file" ] || ! accessa keys list --json >/dev/null 2>&1 || return 0
  mkdir -p "$data"
  compose exec -T api-server node src/bin/admin-key.ts 00000000-0000-4000-8000-000000000001 >"$file.new" \
    || fail "No API key could be created: see docker compose logs api-server."
  mv "$file.new" "$file"
  good "Created an API key, in $file"
}

# One line for each service that should run: its name, state and health.
service_states() {
  local service line storage
  storage=$(setting_of STORAGE supabase)
  for service in $(compose config --services); do
    line=$(compose ps --all --format '{{.State}} {{.Health}}' "$service" 2>/dev/null | sort | tail -n 1)
    case $service in
      migrate) continue ;;
      supabase-storage) [ -n "$line" ] || [ "$storage" = supabase ] || continue ;;
      jaeger) [ -n "$line" ] || continue ;;
    esac
    echo "$service ${line:-missing}"
  done
}
