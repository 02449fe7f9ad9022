import { assert, layer as suite } from "@effect/vitest"
import { Effect, Layer, Logger, Option, References } from "effect"
import { SqlClient } from "effect/sql"
import { lineOf, type LogLine } from "../../otel/logs/LogLine.ts"
import { JobQueue } from "../../services/JobQueue.ts"
import { Jobs } from "../../services/Jobs.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import type { Job } from "../../src/domain/Job.ts"
import { databases } from "../support/databases/Databases.ts"
import { historyOf } from "../support/databases/records.ts"
import { accept, claimOne, someone, stores, upload } from "../support/databases/stores.ts"
import { assertComplete, assertFailed, retry } from "./outcomes.ts"
import { Vendors } from "./Vendors.ts"
import { vendorsInMemory } from "./vendorsInMemory.ts"
import { workerHere } from "./worker.ts"

const lines: Array<LogLine> = []
const recorded = Layer.mergeAll(
  Logger.layer([Logger.make((options) => void lines.push(lineOf("test", options)))]),
  Layer.succeed(References.MinimumLogLevel, "Info")
)

/** What is logged of a job, as its history says it; every line has the job's correlation id. */
const loggedOf = (job: Job) => {
  const own = lines.filter(({ fields }) => fields["job_id"] === job.jobId && fields["to_status"] !== undefined)
  for (const { fields } of own) assert.strictEqual(fields["correlation_id"], job.correlationId)
  return own.map(({ fields }) => `${fields["from_status"]} → ${fields["to_status"]}`)
}

/** All but the acceptance, which the intake logs. */
const movesOf = (job: Job) =>
  Effect.map(historyOf(job.jobId), (history) => history.slice(1).filter((step) => step.includes(" → ")))

for (const { layer, name } of databases) {
  const parts = vendorsInMemory.pipe(
    Layer.provideMerge(stores),
    Layer.provideMerge(layer),
    Layer.provideMerge(recorded)
  )
  suite(workerHere.pipe(Layer.provideMerge(parts)), { excludeTestServices: true, timeout: "1 minute" })(
    `the log of a job on ${name}`,
    (it) => {
      it.effect("has each transition once, from the upload over a failure and a retry to the end", () =>
        Effect.gen(function*() {
          const vendors = yield* Vendors
          yield* vendors.failNext({ embeddings: [{ word: "durian", times: 1, as: "refused" }] })
          const job = yield* upload("# All about the durian\n\nIt has a smell of its own.")
          yield* assertFailed(job, "failed_embedding", "EMBED_REJECTED")
          yield* retry(job)
          yield* assertComplete(job)
          const moves = yield* movesOf(job)
          assert.include(moves, "embedding_in_progress → failed_embedding")
          assert.include(moves, "embeddings_stored → complete")
          assert.deepStrictEqual(loggedOf(job), moves)
        }))
    }
  )
  suite(parts, { excludeTestServices: true, timeout: "1 minute" })(
    `the log of a job without a worker on ${name}`,
    (it) => {
      it.effect("has each transition once when workers die or its owner cancels it", () =>
        Effect.gen(function*() {
          const sql = yield* SqlClient.SqlClient
          const queue = yield* JobQueue
          const jobs = yield* Jobs
          const job = yield* accept()
          for (let crash = 0; crash < 3; crash++) {
            yield* claimOne()
            yield* sql`UPDATE upload_jobs SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL`
            yield* queue.rescue
          }
          assert.deepStrictEqual(loggedOf(job), ["uploaded → failed_parse"])
          yield* retry(job)
          assert.isTrue(Option.getOrThrow(yield* jobs.cancel(localUserId, job.jobId, someone)).changed)
          assert.isFalse(Option.getOrThrow(yield* jobs.cancel(localUserId, job.jobId, someone)).changed)
          assert.deepStrictEqual(loggedOf(job), yield* movesOf(job))
          const released = lines.filter(({ fields, message }) =>
            fields["job_id"] === job.jobId && message.includes("fell silent")
          )
          assert.strictEqual(released.length, 2)
        }))
    }
  )
}
