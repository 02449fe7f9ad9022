#!/usr/bin/env bash
# Writes local secrets for docker-compose.yml to .env, or to another file, readable by its owner alone. An existing file stays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
file=${1:-.env}
if [ -e "$file" ]; then
  echo "$file already exists and is unchanged."
  exit
fi
command -v node >/dev/null || { echo "Node.js is missing: install it from https://nodejs.org and run this again." >&2 && exit 1; }
umask 077
node -e '
  const { createHmac, randomBytes } = require("node:crypto")
  const random = () => randomBytes(32).toString("hex")
  const jwtSecret = random()
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url")
  // The services need it for as long as the stack exists.
  const now = Math.floor(Date.now() / 1000)
  const claims = { role: "service_role", iss: "accessa", iat: now, exp: now + 10 * 365 * 86_400 }
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`
  const serviceKey = `${signed}.${createHmac("sha256", jwtSecret).update(signed).digest("base64url")}`
  console.log(`# Local secrets of docker-compose.yml, written by scripts/make-secrets.sh. The volumes know the passwords of the
# database: delete this file only together with them (docker compose down --volumes).
POSTGRES_PASSWORD=${random()}
OWNER_PASSWORD=${random()}
APP_PASSWORD=${random()}
STORAGE_PASSWORD=${random()}
SUPABASE_JWT_SECRET=${jwtSecret}
SUPABASE_SERVICE_ROLE_KEY=${serviceKey}
WEBHOOK_SECRETS=${random()}
METRICS_TOKEN=${random()}
GRAFANA_PASSWORD=${random()}`)
' >"$file.new"
mv -n "$file.new" "$file"
echo "Local secrets are in $file, readable only by you."
