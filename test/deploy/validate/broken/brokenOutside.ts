/** What callers see of broken productions, and what their workers do. */
import { DateTime, Result } from "effect"
import { securityHeaders } from "../../../../src/policy/securityHeaders.ts"
import { productionFacts } from "../../../support/builders/productionFacts.ts"
import { address, type Broken, change, inspected, outcomeOf, sawAnswer, untrusted } from "./changes.ts"

export const brokenOutside: Broken = {
  "api_server reach": [[
    change({ reached: Result.map(productionFacts.reached, (seen) => ({ ...seen, ipv4: null })) }),
    "no IPv4"
  ]],
  "api_server certificate": [
    [
      change({ reached: Result.map(productionFacts.reached, (seen) => ({ ...seen, certificate: untrusted })) }),
      "CERT_HAS_EXPIRED"
    ],
    [
      change({
        reached: Result.map(productionFacts.reached, (seen) => ({
          ...seen,
          certificate: { trusted: true, said: "trusted", validTo: DateTime.makeUnsafe("2026-12-03T00:00:00Z") }
        }))
      }),
      "4 days"
    ],
    [change({ url: new URL("http://api.accessa.example") }), "http"]
  ],
  "api_server ready": [[
    change({ ready: Result.succeed([{ name: "intake", ok: false, detail: "The disk is full." }]) }),
    "full"
  ]],
  "api_server release": [
    [change({ release: "0.2.0+def5678" }), "0.1.0"],
    [
      change({
        ofApi: Result.map(
          productionFacts.ofApi,
          (seen) => ({ ...seen, process: { ...seen.process, version: "0.1.0" } })
        ),
        workers: Result.map(productionFacts.workers, (all) => all.map((each) => ({ ...each, version: "0.1.0" })))
      }),
      "0.1.0"
    ]
  ],
  "api_server contract": [[
    change({ contract: Result.succeed({ routes: 70, faults: ["GET /api/v1/jobs differs"] }) }),
    "differs"
  ]],
  "api_server without_key": [
    [sawAnswer("withoutKey", 200, "application/json"), "answers 200"],
    [sawAnswer("withoutKey", 401, "text/html"), "text/html"]
  ],
  "api_server with_key": [
    [sawAnswer("withKey", 502, "text/html"), "answers 502"],
    [sawAnswer("withKey", 204, ""), "answers 204"]
  ],
  "worker_process heartbeat": [
    [change({ workers: Result.succeed([]), ofWorker: Result.fail("none"), canary: Result.fail("none") }), "no worker"],
    [
      change({
        workers: Result.map(productionFacts.workers, (all) => all.map((each) => ({ ...each, state: "silent" }))),
        ofWorker: Result.fail("none"),
        canary: Result.fail("none")
      }),
      "no worker"
    ]
  ],
  "worker_process count": [[
    change({ workers: Result.map(productionFacts.workers, (all) => all.slice(0, 1)) }),
    "1 running"
  ]],
  "worker_process release": [
    [
      change({
        workers: Result.map(
          productionFacts.workers,
          (all) => all.map((each, place) => place === 0 ? each : { ...each, version: "0.0.9+1111111" })
        )
      }),
      "0.0.9+1111111"
    ]
  ],
  "worker_process inspection": [[change({ ofWorker: Result.fail("there was no answer within 25s") }), "no answer"]],
  "worker_process sight": [
    [
      change({
        ofWorker: Result.map(productionFacts.ofWorker, (seen) => ({
          ...seen,
          embedder: { found: null, fault: "The embedding provider rejects our key." }
        }))
      }),
      "rejects our key"
    ]
  ],
  "worker_process settings": [
    [
      change({
        ofWorker: Result.map(productionFacts.ofWorker, (seen) => ({
          ...seen,
          process: {
            ...seen.process,
            settings: seen.process.settings.map((each) =>
              each.name === "LLAMAPARSE_API_KEY" ? { ...each, shape: "unset" as const } : each
            )
          }
        }))
      }),
      "LLAMAPARSE_API_KEY is secret for the API and unset for the worker"
    ]
  ],
  "worker_process canary": [
    [change({ canary: Result.fail("there was no answer within 45s") }), "no answer"],
    [outcomeOf({ status: "failed_parse", reason: "PARSER_AUTH: The parser rejects our key." }), "PARSER_AUTH"],
    [outcomeOf({ failedChecks: ["dimensions_match"] }), "dimensions_match"],
    [
      change({ canary: Result.map(productionFacts.canary, (canary) => ({ ...canary, workers: ["worker:gone"] })) }),
      "worker:gone"
    ]
  ],
  "worker_process receipt": [[outcomeOf({ contentSha256: "other" }), "another content"], [
    outcomeOf({ chunks: 8 }),
    "another chunks"
  ]],
  "security database_tls": [
    [address("database", { protocol: "postgres", certificate: null }), "sslmode"],
    [address("database", { certificate: untrusted }), "CERT_HAS_EXPIRED"]
  ],
  "security encryption": [[address("storage", { protocol: "tcp" }), "storage: http"]],
  "security headers": [
    [
      change({ headers: Result.map(productionFacts.headers, (all) => ({ ...all, "x-frame-options": "ALLOWALL" })) }),
      "ALLOWALL"
    ],
    [change({ headers: Result.succeed(securityHeaders) }), "strict-transport-security is missing"]
  ],
  "security cors": [[
    change({ origins: Result.succeed([{ origin: "https://elsewhere.invalid", allowed: "*" }]) }),
    "is allowed: *"
  ]],
  "security key_age": [
    [
      change({ keys: Result.succeed([{ name: "old", createdAt: DateTime.makeUnsafe("2026-01-01T00:00:00Z") }]) }),
      "\"old\" is 331 days"
    ]
  ],
  "security debug": [[inspected(() => ({ logLevel: "Debug" })), "Debug"]],
  "security repository": [[
    change({ repository: Result.succeed({ files: 9, faults: ["a.ts holds an OpenAI key"] }) }),
    "a.ts"
  ]]
}
