/**
 * A worker is killed in the middle of its work and replaced: nothing is lost, and nothing is bought twice without a record.
 */
import { NodeServices } from "@effect/platform-node"
import { assert, it } from "@effect/vitest"
import { Config, Duration, Effect, FileSystem, Layer, Option, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { ObjectStorageFilesystem } from "../../layers/ObjectStorage/Filesystem.ts"
import { VectorParameters } from "../../layers/Postgres/connection/VectorParameters.ts"
import { DatabasePglite } from "../../layers/Postgres/pglite/Pglite.ts"
import { Jobs } from "../../services/Jobs.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import * as MockOpenAI from "../../src/mocks/openai/MockOpenAI.ts"
import { countTokens, piecesOf } from "../../src/mocks/openai/Pieces.ts"
import { freePort } from "../faults/PostgresPlace.ts"
import { copyPgliteTemplate } from "../support/databases/PgliteCopy.ts"
import { PostgresCopy } from "../support/databases/PostgresCopy.ts"
import { historyOf, ledgerOf } from "../support/databases/records.ts"
import { rowOf, stores, upload } from "../support/databases/stores.ts"
import { rowsOf, waitForRow, waitUntil } from "./observe.ts"
import { serveApart } from "./serveApart.ts"
import { startWorker } from "./WorkerProcess.ts"

const server = Effect.runSync(Effect.gen(function*() {
  return Option.getOrUndefined(yield* Config.option(Config.Redacted("DATABASE_URL")))
}))

/** Eight calls: sections of a chunk each, every tenth of them like the one before. Two calls are paid, and four under way, when the worker is killed. */
const longText = Array.from({ length: 2_000 }, (_, n) => {
  const part = n % 10 === 9 ? n - 1 : n
  return `## Clause ${part}\n\n` + `Clause ${part} covers damage number ${part} to the insured building. `.repeat(9)
}).join("\n\n")

/** Billed at once, like the others, but not yet answered when the worker is killed. */
const slowAfterTwoCalls = {
  name: "slow",
  openai: [
    { on: "embeddings", times: 2 },
    { on: "embeddings", times: 1_000, garbage: "slow", delay: Duration.minutes(1) }
  ]
} as const

const usageOf = (mock: URL) =>
  Effect.promise(() => fetch(new URL("/mock/state", mock)).then((response) => response.json())).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Schema.Struct({ usage: Schema.Struct({ tokens: Schema.Int }) }))),
    Effect.map(({ usage }) => usage.tokens)
  )

const killAndGoOn = Effect.fnUntraced(function*(settings: Readonly<Record<string, string>>, openai: URL) {
  const sql = yield* SqlClient.SqlClient
  const jobs = yield* Jobs
  const [{ name } = { name: "" }] = yield* sql<{ readonly name: string }>`SELECT current_database() AS name`
  const place = server === undefined ? {} : { DATABASE_URL: urlOf(server, name) }
  const first = yield* startWorker({ ...settings, ...place })
  const job = yield* upload(longText)

  // Some vectors are paid for and stored, some requested, most still missing.
  const underWay = Effect.map(ledgerOf(job.jobId), ({ announced, paid }) => paid.calls > 0 && announced.calls > 0)
  yield* first.during(waitForRow("call under way after one that is paid", underWay, "1 minute"))
  assert.strictEqual(yield* first.stop("SIGKILL"), "SIGKILL")
  yield* Effect.promise(() => fetch(new URL("/mock/scenario", openai), { method: "DELETE" }))
  const left = yield* rowsOf(job)
  assert.isTrue(left.vectors > 0 && left.vectors < left.chunks, `${left.vectors} of ${left.chunks} vectors are stored`)

  const second = yield* startWorker({ ...settings, ...place })
  const complete = yield* second.during(waitUntil(job, "complete", ({ status }) => status === "complete"))
  const receipt = Option.getOrThrow(yield* jobs.receipt(localUserId, job.jobId))
  assert.deepStrictEqual(receipt.failedChecks, [])
  const { chunks, texts, vectors } = yield* rowsOf(job)
  assert.isAtLeast(chunks, 1_930)
  assert.isBelow(texts, chunks)
  assert.strictEqual(vectors, chunks)
  assert.include(yield* historyOf(job.jobId), "crashed at embedding_in_progress")
  assert.strictEqual((yield* rowOf(job))["crash_count"], 0)

  const rows = yield* sql<{ readonly text: string }>`
    SELECT DISTINCT text FROM document_chunk_buffer WHERE document_id = ${job.documentId}`
  const distinct = rows.reduce((sum, { text }) => sum + countTokens(piecesOf(text)), 0)
  const ledger = yield* sql<{ readonly paid: number; readonly lost: number }>`
    SELECT coalesce(sum(tokens) FILTER (WHERE state = 'paid'), 0)::int AS paid,
      coalesce(sum(tokens) FILTER (WHERE state IN ('lost', 'announced')), 0)::int AS lost
    FROM embedding_ledger WHERE job_id = ${job.jobId}`
  const { lost, paid } = ledger[0] ?? assert.fail("there is no ledger")
  assert.strictEqual(paid, distinct)
  assert.strictEqual(complete.tokensPaid, paid)
  const counted = yield* usageOf(openai)
  assert.isAbove(counted, paid)
  assert.isAtMost(counted - paid, lost)

  yield* second.stop("SIGTERM")
  const states = yield* sql`SELECT state FROM workers ORDER BY started_at`
  assert.deepStrictEqual(states, [{ state: "running" }, { state: "stopped" }])
})

const urlOf = (redacted: Redacted.Redacted, name: string): string => {
  const url = new URL(Redacted.value(redacted))
  url.pathname = `/${name}`
  return url.href
}

it.live(
  `a killed worker's document is completed by the next worker, on ${server === undefined ? "pglite" : "postgres"}`,
  () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const dataDir = yield* fs.makeTempDirectoryScoped({ prefix: "accessa-kill-" })
      if (server === undefined) yield* copyPgliteTemplate(`${dataDir}/data`)
      const openai = yield* serveApart(
        MockOpenAI.serve({ delay: Duration.zero, failureRate: 0, vectors: "lexical", scenario: slowAfterTwoCalls })
      )
      const database = server === undefined ? DatabasePglite({ dataDir }) : PostgresCopy(server)
      yield* killAndGoOn({
        ACCESSA_DATA_DIR: dataDir,
        LOG_LEVEL: "Info",
        OPENAI_API_URL: new URL("/v1", openai).href,
        PARSER: "local",
        WORKER_HEALTH_PORT: String(yield* freePort),
        WORKER_HEARTBEAT_SECONDS: "0.5",
        WORKER_LEASE_SECONDS: "2"
      }, openai).pipe(
        Effect.provide(
          Layer.merge(stores, ObjectStorageFilesystem({ directory: `${dataDir}/storage` })).pipe(
            Layer.provideMerge(VectorParameters.layer),
            Layer.provideMerge(database)
          )
        )
      )
    }).pipe(Effect.provide(NodeServices.layer)),
  90_000
)
