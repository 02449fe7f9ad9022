/** A document that crashes its worker, among others that do not: which one ends as crashed? */
import { Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { assert } from "vitest"
import { JobQueue } from "../../services/JobQueue.ts"
import { WorkerIdentity } from "../../src/stages/WorkerIdentity.ts"
import { makeSuspects } from "../../src/worker/suspects.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { accept, aWorker, emptyTables, expireLease, rowOf, stores } from "../support/databases/stores.ts"

const surroundings = Layer.merge(
  stores,
  Layer.succeed(WorkerIdentity, { actor: "worker:test", callbackUrl: undefined, outagePatience: Duration.hours(24) })
)

/** A worker's life: it claims jobs until one of them kills it, and the sweep finds all that it held. */
const liveAs = Effect.fnUntraced(function*(guilty: string) {
  const queue = yield* JobQueue
  const sql = yield* SqlClient.SqlClient
  const suspects = yield* makeSuspects
  const worker = aWorker()
  for (let round = 0; round < 40; round++) {
    yield* sql`UPDATE upload_jobs SET run_at = now() WHERE run_at > now()`
    const claimed = yield* queue.claim(worker, 32)
    if (claimed.length === 0) return "idle"
    const admitted = yield* suspects.admit(claimed)
    if (admitted.some(({ jobId }) => jobId === guilty)) {
      for (const job of admitted) yield* expireLease(job)
      yield* queue.rescue
      return "killed"
    }
    for (const job of admitted) {
      yield* queue.move({
        jobId: job.jobId,
        fence: job.fence,
        from: "uploaded",
        to: "parse_queued",
        type: "moved",
        actor: "test",
        set: {},
        releaseMs: 3_600_000_000
      })
      yield* suspects.clear(job)
    }
    yield* sql`UPDATE upload_jobs SET run_at = NULL WHERE status = 'parse_queued'`
  }
  return yield* Effect.die(new Error("the worker never ended"))
})

onEachDatabase("a document that kills its worker", (it) => {
  it.layer(surroundings)((it) => {
    it.effect(
      "a document that kills its worker ends as crashed after three deaths, and only that document "
        + "does",
      () =>
        Effect.gen(function*() {
          yield* emptyTables
          const jobs = yield* Effect.forEach(Array.from({ length: 32 }), () => accept())
          const guilty = jobs[17] ?? assert.fail("there are too few jobs")
          const lives: Array<string> = []
          while (lives.at(-1) !== "idle") lives.push(yield* liveAs(guilty.jobId))
          assert.deepStrictEqual(lives, ["killed", "killed", "killed", "idle"])
          for (const job of jobs) {
            const { crash_count, status } = yield* rowOf(job)
            if (job === guilty) assert.strictEqual(status, "failed_parse")
            else assert.deepStrictEqual([status, crash_count], ["parse_queued", 0])
          }
        })
    )
  })
})
