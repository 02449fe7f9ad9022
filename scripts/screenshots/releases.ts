/** Releases: one under way, one promoted, one rolled back. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import type { ReleaseCheck, ReleaseStepName } from "../../src/domain/Release.ts"

type Step = readonly [
  ReleaseStepName,
  ReleaseCheck["verdict"],
  ...ReadonlyArray<readonly [string, string, ReleaseCheck["verdict"]?]>
]

interface Made {
  readonly version: string
  readonly previous: string
  readonly by: string
  readonly minutesAgo: number
  readonly steps: ReadonlyArray<Step>
  readonly outcome: "promoted" | "rolled_back" | null
  readonly reason: string | null
}

const checked = [
  ["database migrations", "0029 of 0029"],
  ["api_server contract", "76 of 76 routes answer as specified"],
  ["worker_process heartbeat", "3 workers, the oldest heartbeat 6 s ago"],
  ["external_services keys", "both are accepted"],
  ["storage access", "another user's path is refused"],
  ["configuration names", "54 settings, as in config/staging.yaml"]
] as const

const begun: ReadonlyArray<Step> = [
  ["validate", "pass", ...checked],
  ["freeze", "pass", ["autodeploy", "off for api-server, base-worker, monitoring"]],
  ["migrate", "pass", ["migrations", "0030_one_sample_table"]],
  ["canary", "pass", ["canary beside", "equal receipts: 12 chunks, 12 vectors"]]
]

const compared = (documents: number, ours: number, verdict: ReleaseCheck["verdict"] = "pass"): Step => [
  documents < 100 ? "rollout.5" : "rollout.25",
  verdict,
  [
    "failures",
    `0 of ${documents} (0.0 to ${
      (440 / documents).toFixed(1)
    } %) of the new version, 1 of 412 (0.0 to 1.8 %) of the old one`
  ],
  [
    "time, parse",
    `18620 ms (17900 to 19410, ${documents} documents) of the new version, 18230 ms (17960 to 18540, 411 documents) of the old one`
  ],
  [
    "time, embed",
    `${ours} ms (${ours - 260} to ${
      ours + 310
    }, ${documents} documents) of the new version, 4180 ms (4040 to 4330, 409 documents) of the old one`,
    verdict
  ],
  ["deaths", "no worker of the new version fell silent"]
]

const made: ReadonlyArray<Made> = [
  {
    version: "2026.11.28-1",
    previous: "2026.11.27-1",
    by: "key:maren",
    minutesAgo: 24,
    steps: [...begun, compared(31, 4_140), compared(138, 4_090)],
    outcome: null,
    reason: null
  },
  {
    version: "2026.11.27-1",
    previous: "2026.11.26-1",
    by: "key:maren",
    minutesAgo: 1_560,
    steps: [
      ...begun,
      compared(44, 4_210),
      compared(163, 4_160),
      ["deploy", "pass", ["api-server", "2026.11.27-1 is live"], ["base-worker", "2026.11.27-1 is live"]],
      ["verify", "pass", ...checked],
      ["smoke", "pass", ["api_server smoke", "uploaded, complete, found and deleted in 9 s"]],
      ["watch", "pass", ["looks", "30 of 30 passed"]],
      ["promote", "pass", ["promotion", "2026.11.27-1 is what runs"]]
    ],
    outcome: "promoted",
    reason: "all steps passed"
  },
  {
    version: "2026.11.26-2",
    previous: "2026.11.26-1",
    by: "key:jonas",
    minutesAgo: 2_910,
    steps: [
      ...begun,
      compared(52, 4_230),
      compared(127, 13_040, "fail"),
      ["rollback.freeze", "pass", ["autodeploy", "off for api-server, base-worker, monitoring"]],
      ["rollback.settings", "pass", ["base-worker", "no setting has changed"]],
      ["rollback.services", "pass", ["base-worker", "2026.11.26-1 is live"]],
      ["rollback.verify", "pass", ["worker_process canary", "a document was completed in 7 s"]]
    ],
    outcome: "rolled_back",
    reason:
      "rollout.25: time, embed: 13040 ms (12780 to 13350, 127 documents) of the new version, 4180 ms (4040 to 4330, 409 documents) of the old one"
  }
]

const settings = ["DATABASE_URL", "LLAMA_CLOUD_API_KEY", "OPENAI_API_KEY", "PUBLIC_URL"]
const services = [["api-server", 2], ["base-worker", 3], ["monitoring", 1]] as const

export const releases = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  for (const { by, minutesAgo, outcome, previous, reason, steps, version } of made) {
    const id = randomUUID()
    const before = {
      migration: 29,
      services: services.map(([name, replicas]) => ({
        name,
        replicas,
        version: previous,
        deployment: previous,
        autodeploy: true,
        settings
      }))
    }
    const ago = (step: number) => sql`now() - ${minutesAgo - step * 3.4}::float8 * interval '1 minute'`
    const ended = outcome === null ? sql`NULL` : ago(steps.length)
    yield* sql`INSERT INTO releases (release_id, environment, version, started_by, started_at, before, outcome, ended_at, reason, lease_until)
      VALUES (${id}, 'staging', ${version}, ${by}, ${ago(0)}, ${
      JSON.stringify(before)
    }::jsonb, ${outcome}, ${ended}, ${reason},
        now() + interval '1 hour')`
    for (const [n, [step, verdict, ...found]] of steps.entries()) {
      const checks = found.map(([check, text, its = "pass"]) => ({ check, verdict: its, found: text }))
      yield* sql`INSERT INTO release_steps (release_id, step, verdict, checks, ended_at)
        VALUES (${id}, ${step}, ${verdict}, ${JSON.stringify(checks)}::jsonb, ${ago(n + 1)})`
    }
  }
})
