/** What a process of a production in order sees. */
import { DateTime } from "effect"
import type { Address, Inspection, Reached } from "../../../src/domain/Inspection.ts"
import { settingNames } from "../../../src/settings/table.ts"

const shapes: Readonly<Record<string, Inspection["process"]["settings"][number]["shape"]>> = {
  ACCESSA_ENV: "text",
  ACCESSA_VERSION: "text",
  PUBLIC_URL: "public address",
  STORAGE: "text",
  SUPABASE_URL: "public address",
  DATABASE_URL: "secret",
  SUPABASE_SERVICE_ROLE_KEY: "secret",
  LLAMAPARSE_API_KEY: "secret",
  OPENAI_API_KEY: "secret",
  WEBHOOK_SECRETS: "secret",
  METRICS_TOKEN: "secret"
}

const reached = (name: string, host: string, protocol: Address["protocol"], port = 443): Reached => ({
  name,
  host,
  port,
  protocol,
  ipv4: { ok: true, said: `connected to port ${port} over IPv4` },
  ipv6: null,
  certificate: { trusted: true, said: "trusted", validTo: DateTime.makeUnsafe("2027-06-01T00:00:00Z") }
})

const bucket = (id: string) => ({ id, public: false, maxBytes: null, mediaTypes: [] })

export const anInspection = (fields: Partial<Inspection> = {}): Inspection => ({
  place: "api",
  workerId: null,
  at: DateTime.makeUnsafe("2026-11-28T12:00:00Z"),
  process: {
    environment: "production",
    version: "0.1.0+abc1234",
    node: "v24.21.0",
    settings: settingNames.map((name) => ({ name, shape: shapes[name] ?? "unset" })),
    nearMisses: []
  },
  doubts: [],
  logLevel: "Info",
  addresses: [
    reached("database", "aws-0-eu-central-1.pooler.supabase.com", "postgres over tls", 5432),
    reached("storage", "accessa-production.supabase.co", "tls"),
    reached("parser", "api.cloud.llamaindex.ai", "tls"),
    reached("embeddings", "api.openai.com", "tls"),
    reached("public", "api.accessa.example", "tls")
  ],
  database: {
    found: {
      role: "accessa_service",
      login: "accessa_login",
      powers: [],
      hears: true,
      postgres: "15.20",
      pgvector: "0.8.0",
      findings: ["migrations", "schema", "indexes", "grants"].map((name) => ({
        name,
        ok: true,
        expected: "as shipped",
        found: "nothing differs",
        repair: ""
      })),
      trespasses: [],
      roundTripMs: 3
    },
    fault: null
  },
  storage: {
    found: { kind: "supabase", buckets: [bucket("raw"), bucket("parsed")], open: false, expires: true },
    fault: null
  },
  storageFault: null,
  parser: { found: { kind: "llamaparse" }, fault: null },
  embedder: {
    found: {
      model: "text-embedding-3-small",
      version: "1",
      dimensions: 1536,
      requests: { limit: 5000, remaining: 4999 },
      tokens: { limit: 1_000_000, remaining: 999_000 }
    },
    fault: null
  },
  ...fields
})
