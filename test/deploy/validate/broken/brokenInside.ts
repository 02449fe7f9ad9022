/** What API and workers see in broken productions. */
import { Result } from "effect"
import {
  address,
  type Broken,
  change,
  finding,
  inspected,
  ofDatabase,
  ofEmbedder,
  ofStorage,
  process,
  setting,
  untrusted
} from "./changes.ts"

export const brokenInside: Broken = {
  "database connection": [[inspected(() => ({ database: { found: null, fault: "Connection refused." } })), "refused"]],
  "database reach": [
    [address("database", { ipv4: null, ipv6: { ok: true, said: "connected" } }), "no IPv4 address"],
    [address("database", { ipv4: { ok: false, said: "ECONNREFUSED" }, ipv6: null }), "ECONNREFUSED"]
  ],
  "database session": [[ofDatabase({ hears: false }), "never arrived"]],
  "database version": [
    [ofDatabase({ postgres: "14.9" }), "Postgres is 14.9"],
    [ofDatabase({ pgvector: "0.7.4" }), "pgvector is 0.7.4"],
    [ofDatabase({ pgvector: "" }), "not installed"]
  ],
  "database migrations": [[finding("migrations"), "missing"]],
  "database schema": [[finding("schema"), "missing"]],
  "database indexes": [[finding("indexes"), "missing"]],
  "database grants": [[finding("grants"), "missing"]],
  "database roles": [
    [ofDatabase({ powers: ["accessa_login is a superuser"] }), "superuser"],
    [ofDatabase({ role: "postgres" }), "runs as postgres"]
  ],
  "database row_security": [[ofDatabase({ trespasses: ["a user sees the document of another"] }), "another"]],
  "external_services reach": [
    [address("parser", { ipv4: { ok: false, said: "ETIMEDOUT" } }), "ETIMEDOUT"],
    [address("embeddings", { certificate: untrusted }), "CERT_HAS_EXPIRED"]
  ],
  "external_services parser_key": [[inspected(() => ({ parser: { found: null, fault: "401: invalid key" } })), "401"]],
  "external_services embeddings_key": [[
    inspected(() => ({ embedder: { found: null, fault: "429: no money left" } })),
    "429"
  ]],
  "external_services model": [
    [ofEmbedder({ model: "text-embedding-3-large" }), "text-embedding-3-large"],
    [ofEmbedder({ dimensions: 3_072 }), "3072 dimensions"]
  ],
  "external_services parser_kind": [[
    inspected(() => ({ parser: { found: { kind: "local" }, fault: null } })),
    "local"
  ]],
  "external_services quota": [
    [ofEmbedder({ requests: { limit: 500, remaining: 499 } }), "500 requests"],
    [ofEmbedder({ tokens: { limit: 1_000_000, remaining: 50_000 } }), "5 % of the tokens"]
  ],
  "storage read_write": [[inspected(() => ({ storageFault: "The object storage answered 507." })), "507"]],
  "storage kind": [[ofStorage({ kind: "filesystem" }), "filesystem"]],
  "storage private": [
    [
      inspected(({ storage: { found } }) => ({
        storageFault: "The bucket raw is public.",
        storage: {
          found: found &&
            { ...found, open: true, buckets: found.buckets.map((each) => ({ ...each, public: each.id === "raw" })) },
          fault: null
        }
      })),
      "raw is public"
    ],
    [ofStorage({ open: true }), "without a credential"]
  ],
  "storage limits": [
    [
      inspected(({ storage: { found } }) => ({
        storage: {
          found: found && { ...found, buckets: found.buckets.map((each) => ({ ...each, maxBytes: 1_000 })) },
          fault: null
        }
      })),
      "raw takes 1000 bytes"
    ]
  ],
  "storage signed_address": [
    [change({ signedAddress: Result.succeed({ lastsSeconds: 300, status: 404, otherStatus: 400 }) }), "404"]
  ],
  "storage foreign_path": [
    [change({ signedAddress: Result.succeed({ lastsSeconds: 300, status: 200, otherStatus: 200 }) }), "200"]
  ],
  "storage expiry": [
    [
      change({ signedAddress: Result.succeed({ lastsSeconds: 86_400, status: 200, otherStatus: 400 }) }),
      "1440 minutes"
    ],
    [ofStorage({ expires: false }), "still worked"]
  ],
  "configuration environment": [[process({ environment: "staging" }), "staging"]],
  "configuration required": [[setting("METRICS_TOKEN", "unset"), "METRICS_TOKEN is not set"]],
  "configuration near_misses": [
    [
      process({ nearMisses: [{ name: "LLAMA_PARSE_API_KEY", meant: "LLAMAPARSE_API_KEY" }] }),
      "LLAMA_PARSE_API_KEY is not a setting"
    ]
  ],
  "configuration unset": [[setting("MOCK_SCENARIO", "text"), "MOCK_SCENARIO is set"]],
  "configuration local_values": [
    [setting("ALERT_ALERTMANAGER_URL", "address on this machine"), "ALERT_ALERTMANAGER_URL leads to this machine"],
    [address("database", { host: "127.0.0.1" }), "127.0.0.1"]
  ],
  "configuration hosts": [
    [address("storage", { host: "accessa-staging.supabase.co" }), "SUPABASE_URL leads to accessa-staging.supabase.co"],
    [address("public", { host: "old.accessa.example" }), "PUBLIC_URL leads to old.accessa.example"]
  ],
  "configuration names": [
    [
      inspected((seen) => ({
        process: { ...seen.process, settings: [...seen.process.settings, { name: "OPENAI_KEY", shape: "unset" }] }
      })),
      "OPENAI_KEY is not known here"
    ]
  ],
  "configuration doubts": [[
    inspected(() => ({ doubts: ["Supabase tokens are accepted from any issuer"] })),
    "any issuer"
  ]],
  "configuration node": [[process({ node: "v22.12.0" }), "v22.12.0"]],
  "configuration optional": [[
    change({ leastSettings: Result.succeed(["The setting X is required."]) }),
    "X is required"
  ]]
}
