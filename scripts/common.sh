# What the scripts share. Sourced, from the root of the checkout or from anywhere.
# shellcheck shell=bash
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# A build server that outlives its command would hold the caller's standard output open.
export MSBUILDDISABLENODEREUSE=1

RUN=$ROOT/.run
PROGRAMS=$ROOT/artifacts/publish
PORT=${INGEST_PORT:-8080}
BASE_URL=http://127.0.0.1:$PORT
DEMO_STORE=demo

say() { printf '%s\n' "$@"; }
die() { printf '%s\n' "$*" >&2; exit 1; }

need_sdk() {
  local remedy="Install the .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0 (the SDK, not the runtime alone)."
  command -v dotnet >/dev/null 2>&1 || die "No 'dotnet' on the PATH. $remedy"
  dotnet --version >/dev/null 2>&1 ||
    die "This needs a .NET 10 SDK; found: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | paste -sd' ' - | grep . || echo none). $remedy"
}

alive() { # NAME: is the process that `make up` started under this name running?
  local pid
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) || return 1
  # A pid is used again after a reboot: it must still be this program.
  kill -0 "$pid" 2>/dev/null && [[ $(ps -o args= -p "$pid" 2>/dev/null || tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null) == "$PROGRAMS/$1/$1"* ]]
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# http METHOD PATH [FILE [HEADER...]]: prints the status code, leaves the answer's body in $RUN/answer.
# Bash's own sockets, because a machine that has the SDK need not have curl.
http() {
  local method=$1 path=$2 file=${3:-/dev/null} line status
  shift $(($# < 3 ? $# : 3))
  : >"$RUN/answer"
  exec 3<>"/dev/tcp/127.0.0.1/$PORT" || return 1
  {
    printf '%s %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n' "$method" "$path" "$PORT"
    (($# == 0)) || printf '%s\r\n' "$@"
    [ "$method" = GET ] || printf 'Content-Type: application/json\r\nContent-Length: %s\r\n' "$(wc -c <"$file" | tr -d ' ')"
    printf '\r\n'
    cat "$file"
  } >&3 2>/dev/null || true
  IFS= read -r -t 65 line <&3 || line=""
  status=${line#* }
  while IFS= read -r -t 65 line <&3 && [ "${line%$'\r'}" != "" ]; do :; done
  cat <&3 >"$RUN/answer" || true
  exec 3<&- 3>&-
  printf '%s' "${status%% *}"
}

ready() { [ "$(PORT=${1:-$PORT}; http GET /healthz/ready 2>/dev/null)" = 200 ]; }

# Names and ports of the compose file's parts stand in compose/.env; the environment overrides them.
compose() { docker compose -f compose/compose.yaml --profile tools --profile grafana "$@"; }
compose_setting() { # NAME
  [ -n "${!1:-}" ] && printf '%s' "${!1}" || sed -n "s/^$1=//p" compose/.env
}
engine_answers() { docker info --format '{{.ServerVersion}}' 2>/dev/null | grep -q . && docker compose version >/dev/null 2>&1; }

# What the stack on $1 (embedded, servers, compose) is told; the operator's `events` reads the same settings.
configure() {
  stack=$1
  case $1 in
    compose)
      [ -z "${GRAFANA:-}" ] || export OTLP_ENDPOINT=${OTLP_ENDPOINT:-http://otel-collector:4317}
      export INGEST_PORT=$PORT
      KEY_FILE=$RUN/compose-demo-key ;;
    embedded)
      local folder=${Embedded__DataDirectory:-data}
      [[ $folder = /* ]] || folder=$ROOT/$folder
      export Embedded__DataDirectory=$folder
      KEY_FILE=$folder/demo-key ;;
    servers)
      [ -n "${KAFKA_BOOTSTRAP_SERVERS:-}" ] && export Kafka__BootstrapServers=$KAFKA_BOOTSTRAP_SERVERS
      [ -n "${MONGODB_URI:-}" ] && export MongoDb__ConnectionString=$MONGODB_URI
      [ -n "${SCHEMA_REGISTRY_URL:-}" ] && export SchemaRegistry__Url=$SCHEMA_REGISTRY_URL
      [ -n "${REDIS_URL:-}" ] && export Redis__Configuration=$REDIS_URL
      unset Embedded__DataDirectory
      KEY_FILE=$RUN/servers-demo-key ;;
  esac
}

events() {
  if [ "$stack" != compose ]; then "$PROGRAMS/events/events" "$@"; return; fi
  # Compose tells on stderr that it makes a container, each time.
  compose run --rm -T events "$@" </dev/null 2>"$RUN/events.err" || { cat "$RUN/events.err" >&2; return 1; }
}

# How a user runs `events` by hand beside this stack.
events_hint() {
  case $1 in
    compose) say "alias events='docker compose -f compose/compose.yaml run --rm events'" ;;
    embedded) say "export Embedded__DataDirectory=$Embedded__DataDirectory" ;;
    servers)
      say "export Kafka__BootstrapServers=$Kafka__BootstrapServers"
      say "export MongoDb__ConnectionString='$MongoDb__ConnectionString'" ;;
  esac
  [ "$1" = compose ] || say "alias events=$PROGRAMS/events/events"
}
