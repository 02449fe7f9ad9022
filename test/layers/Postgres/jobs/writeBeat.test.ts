/** What a heartbeat is answered: who sweeps for all workers, and whether jobs may be due. */
import { assert } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { JobQueue, type WorkerBeat } from "../../../../services/JobQueue.ts"
import { beatOf } from "../../../support/builders/beat.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, aWorker, stores } from "../../../support/databases/stores.ts"

onEachDatabase("heartbeats", (it) => {
  it.layer(stores)((it) => {
    it.effect("the queue elects one worker as the sweeper, until it stops or falls silent", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const queue = yield* JobQueue
        const isSweeper = (beat: WorkerBeat) => Effect.map(queue.beat(beat), (answer) => answer.isSweeper)
        const [first, second, third] = [beatOf(aWorker()), beatOf(aWorker()), beatOf(aWorker())]
        const lapse = sql`UPDATE sweeper SET until = now() - interval '1 second'`
        yield* lapse
        assert.deepStrictEqual(yield* Effect.forEach([first, second, first], isSweeper), [true, false, true])
        yield* queue.beat({ ...first, state: "stopped" })
        assert.deepStrictEqual(yield* Effect.forEach([second, third], isSweeper), [true, false])
        yield* lapse
        assert.deepStrictEqual(yield* Effect.forEach([third, second], isSweeper), [true, false])
      }))

    it.effect("the queue tells a heartbeat whether a job may be due", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const queue = yield* JobQueue
        const mayBeDue = Effect.map(queue.beat(beatOf(aWorker())), (answer) => answer.mayBeDue)
        yield* sql`UPDATE upload_jobs SET run_at = NULL WHERE run_at IS NOT NULL`
        yield* sql`UPDATE claim_turns SET due_at = NULL`
        assert.isFalse(yield* mayBeDue)
        yield* accept()
        assert.isTrue(yield* mayBeDue)
      }))
  })
})
