/** The jobs of a release beside those of the version before it. */
import { assert } from "@effect/vitest"
import { DateTime, Duration, Effect, Layer, Option } from "effect"
import { SqlClient } from "effect/sql"
import { IdsRandom } from "../../../../layers/Ids/Random.ts"
import { ReleasesSql } from "../../../../layers/Postgres/releases/Releases.ts"
import { Begun, Releases } from "../../../../services/Releases.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, aWorker, emptyTables, stores } from "../../../support/databases/stores.ts"

onEachDatabase("the jobs that a release is judged by", (it) => {
  it.layer(Layer.merge(stores, Layer.provide(ReleasesSql, IdsRandom)))((it) => {
    it.effect("are those of one version's workers alone, with their history and whether something failed", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* emptyTables
        yield* sql`DELETE FROM releases`
        const releases = yield* Releases
        const since = DateTime.subtract(yield* DateTime.nowAsDate.pipe(Effect.map(DateTime.makeUnsafe)), { days: 1 })
        const begun = yield* releases.begin({
          environment: "test",
          version: "2222222",
          before: { migration: 1, services: [] },
          by: { actor: "test", role: "admin", reason: null, correlationId: null }
        }, Duration.minutes(1))
        assert.isTrue(Begun.$is("Held")(begun))
        if (!Begun.$is("Held")(begun)) return
        const everywhere = yield* releases.list(Option.none(), 5)
        assert.deepStrictEqual(everywhere.map(({ environment }) => environment), ["test"])
        assert.deepStrictEqual(yield* releases.list(Option.some("another"), 5), [])
        const worker = Effect.fnUntraced(function*(version: string) {
          const id = aWorker()
          yield* sql`
            INSERT INTO workers (worker_id, hostname, pid, version, state, jobs, stale_writes)
            VALUES (${id}, 'here', 1, ${version}, 'running', 0, 0)`
          return `worker:${id}`
        })
        const [old, fresh] = [yield* worker("0.1.0+1111111"), yield* worker("0.1.0+2222222")]
        const ran = Effect.fnUntraced(function*(actors: ReadonlyArray<string>, type: string) {
          const { jobId } = yield* accept()
          for (const actor of actors) {
            yield* sql`
              INSERT INTO job_events (job_id, type, from_status, to_status, actor, fence, progress)
              VALUES (${jobId}, ${type}, 'uploaded', 'parse_queued', ${actor}, 1, '{}')`
          }
          yield* sql`UPDATE upload_jobs SET processing_started_at = now() WHERE job_id = ${jobId}`
        })
        yield* ran([fresh], "moved")
        yield* ran([fresh, fresh], "retry_scheduled")
        yield* ran([old], "moved")
        yield* ran([old, fresh], "moved")
        yield* ran([], "moved")

        const jobs = yield* releases.observe(begun.held, since)
        assert.deepStrictEqual(
          jobs.map(({ history, isNew, troubled }) => [isNew, troubled, history.length]).toSorted(),
          [[false, false, 2], [true, false, 2], [true, true, 3]]
        )
      }))
  })
})
