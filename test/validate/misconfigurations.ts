/** Ways to misconfigure the production-like stack, each with the one check that must fail. */
import type { Effect, Scope } from "effect"
import { localUserId } from "../../src/domain/Ids.ts"
import { bucket, certificate, json, otherWorker, sql, type Stack, storageAnswers, through } from "./breaking.ts"

export interface Misconfiguration {
  readonly title: string
  /** `group check` */
  readonly fails: string
  /** Changes to the file, at the paths of its fields. */
  readonly file?: Readonly<Record<string, unknown>>
  readonly flags?: ReadonlyArray<string>
  /** Breaks the stack until the scope ends. */
  readonly breaks?: (stack: Stack) => Effect.Effect<void, unknown, Scope.Scope>
  /** Variables of the API. */
  readonly api?: (stack: Stack) => Readonly<Record<string, string>>
}

export const misconfigurations: ReadonlyArray<Misconfiguration> = [
  { title: "a database that is older than expected", fails: "database version", file: { "database.postgres": 16 } },
  { title: "a database without an IPv6 address", fails: "database reach", file: { "database.reach": ["ipv6"] } },
  {
    title: "a migration that has not run",
    fails: "database migrations",
    breaks: sql(
      "UPDATE migration_files SET migration_id = migration_id + 1000 WHERE migration_id = (SELECT max(migration_id) FROM migration_files)",
      "UPDATE migration_files SET migration_id = migration_id - 1000 WHERE migration_id > 1000"
    )
  },
  {
    title: "a missing index",
    fails: "database schema",
    breaks: sql(
      "DROP INDEX documents_by_content",
      "CREATE INDEX documents_by_content ON public.documents USING btree (user_id, raw_sha256)"
    )
  },
  {
    title: "an index that is invalid",
    fails: "database indexes",
    breaks: sql(
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'documents_by_content'::regclass",
      "UPDATE pg_index SET indisvalid = true WHERE indexrelid = 'documents_by_content'::regclass"
    )
  },
  {
    title: "a login that is a superuser",
    fails: "database roles",
    breaks: sql("ALTER ROLE accessa_test_app SUPERUSER", "ALTER ROLE accessa_test_app NOSUPERUSER")
  },
  {
    title: "a role for users that inherits the service's policies",
    fails: "database row_security",
    breaks: sql("GRANT accessa_service TO accessa_user", "REVOKE accessa_service FROM accessa_user")
  },
  {
    title: "a certificate that ends soon",
    fails: "api_server certificate",
    breaks: certificate(({ address, authority }) => authority.issue(address, 3))
  },
  {
    title: "a certificate that signs itself",
    fails: "api_server certificate",
    breaks: certificate(({ address, authority }) => authority.selfSigned(address))
  },
  { title: "an API of another release", fails: "api_server release", flags: ["--release", "0.9.0+fffffff"] },
  {
    title: "a proxy that serves another contract",
    fails: "api_server contract",
    breaks: through("api", { instead: ({ path }) => path === "/openapi.json" ? json(200, { paths: {} }) : undefined })
  },
  {
    title: "a proxy that answers strangers",
    fails: "api_server without_key",
    breaks: through("api", {
      instead: ({ headers, path }) =>
        path === "/api/v1/me" && headers.authorization === undefined ? json(200, {}) : undefined
    })
  },
  {
    title: "a proxy that does not let a route through",
    fails: "api_server with_key",
    breaks: through("api", {
      instead: ({ headers, path }) =>
        path === "/api/v1/costs" && headers.authorization !== undefined
          ? { status: 502, type: "text/html", body: "Bad gateway" }
          : undefined
    })
  },
  { title: "too few workers", fails: "worker_process count", file: { "workers.minimum": 3 } },
  {
    title: "a worker of another release",
    fails: "worker_process release",
    breaks: otherWorker("0.0.9+1111111")
  },
  {
    title: "another model at the embedding provider's",
    fails: "external_services model",
    file: { "embeddings.model": "text-embedding-3-large" }
  },
  {
    title: "a parser that refuses our key",
    fails: "external_services parser_key",
    breaks: through("parser", { instead: () => json(401, { detail: "Invalid API Key." }) })
  },
  {
    title: "an embedding provider whose limit is too low",
    fails: "external_services quota",
    breaks: through("embeddings", {
      headers: (headers) => ({ ...headers, "x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "60" })
    })
  },
  { title: "a public bucket", fails: "storage private", breaks: bucket({ public: true }) },
  {
    title: "a bucket that takes small files only",
    fails: "storage limits",
    breaks: bucket({ file_size_limit: 1_000 })
  },
  {
    title: "a storage that refuses signed uploads",
    fails: "storage signed_address",
    breaks: storageAnswers(({ method, url }) =>
      method === "PUT" && url.searchParams.has("token") ? { status: 404, body: {} } : undefined
    )
  },
  {
    title: "a storage that takes any path with a signature",
    fails: "storage foreign_path",
    breaks: storageAnswers(({ method, url }) =>
      method === "PUT" && url.searchParams.has("token") ? { status: 200, body: {} } : undefined
    )
  },
  {
    title: "a storage whose signed addresses never expire",
    fails: "storage expiry",
    breaks: storageAnswers(({ method, url }) =>
      method === "GET" && url.searchParams.has("token") ? { status: 200, body: "x" } : undefined
    )
  },
  { title: "addresses that live too long", fails: "storage expiry", file: { "storage.address_minutes": 30 } },
  {
    title: "an API that takes itself for staging",
    fails: "configuration environment",
    api: () => ({ ACCESSA_ENV: "staging" })
  },
  {
    title: "a required variable that is not set",
    fails: "configuration required",
    file: { "settings.required": ["ACCESSA_ENV", "HEARTBEAT_URL"] }
  },
  {
    title: "a setting of the mocks in production",
    fails: "configuration unset",
    api: () => ({ MOCK_OPENAI_DELAY: "1" })
  },
  {
    title: "an address on the machine itself",
    fails: "configuration local_values",
    api: () => ({ ALERT_ALERTMANAGER_URL: "http://127.0.0.1:9093" })
  },
  {
    title: "a storage of another environment",
    fails: "configuration hosts",
    file: { "storage.hosts": ["production.supabase.co"] }
  },
  {
    title: "a database connection that does not ask for encryption",
    fails: "security database_tls",
    api: ({ env }) => ({ DATABASE_URL: (env["DATABASE_URL"] ?? "").replace("?sslmode=require", "") })
  },
  {
    title: "a proxy that replaces a security header",
    fails: "security headers",
    breaks: through("api", { headers: (headers) => ({ ...headers, "x-frame-options": "ALLOWALL" }) })
  },
  {
    title: "a proxy that allows every origin",
    fails: "security cors",
    breaks: through("api", { headers: (headers) => ({ ...headers, "access-control-allow-origin": "*" }) })
  },
  {
    title: "an API key from last year",
    fails: "security key_age",
    breaks: sql(
      `INSERT INTO api_keys SELECT (jsonb_populate_record(k, jsonb_build_object('key_id', gen_random_uuid(), 'name', 'old',
        'prefix', 'acc_00000000', 'created_at', now() - interval '400 days'))).* FROM api_keys k WHERE user_id = '${localUserId}' LIMIT 1`,
      "DELETE FROM api_keys WHERE name = 'old'"
    )
  },
  { title: "an API that logs details", fails: "security debug", api: () => ({ LOG_LEVEL: "Debug" }) },
  {
    title: "a worker that lacks a variable which the API has",
    fails: "worker_process settings",
    api: () => ({ DEFAULT_USER_BUDGET_USD: "100" })
  }
]
