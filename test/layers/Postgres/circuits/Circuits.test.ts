import { Clock, DateTime, Effect, Option, Queue, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { assert } from "vitest"
import { Circuits } from "../../../../services/Circuits.ts"
import { JobQueue } from "../../../../services/JobQueue.ts"
import type { JobError } from "../../../../src/domain/Job.ts"
import { embedder, operator, refusal } from "../../../contract/Circuits.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, claimOne, emptyTables, park, rowOf, secondsUntil, stores } from "../../../support/databases/stores.ts"

const begin = Effect.gen(function*() {
  yield* emptyTables
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM alerts`
  const circuits = yield* Circuits
  for (const { dependency, generation } of yield* circuits.list) yield* circuits.close(dependency, generation, "test")
  return circuits
})

/** Halted by a current finding. */
const halted = Effect.gen(function*() {
  const { halt } = yield* Circuits
  const { generation } = yield* embedder
  assert.isTrue(yield* halt({ ...refusal, generation }))
  return generation + 1
})

/** A job parked for an hour because of this. */
const parkedFor = Effect.fnUntraced(function*(code: JobError["code"]) {
  yield* accept()
  const job = yield* claimOne()
  const lastError: JobError = {
    code,
    class: "recoverable",
    message: "Out.",
    help: "",
    kept: "",
    atStatus: "uploaded"
  }
  yield* park(job, 3_600_000, { lastError })
  return job
})

onEachDatabase("circuits", (it) => {
  it.layer(stores)((it) => {
    it.effect("count a change by a worker of the previous release as a new generation", () =>
      Effect.gen(function*() {
        const { trip } = yield* begin
        const sql = yield* SqlClient.SqlClient
        const { generation } = yield* embedder
        yield* sql`UPDATE providers SET state = 'open', probe_at = now() WHERE dependency = 'embedder'`
        yield* sql`UPDATE providers SET state = 'closed', probe_at = NULL WHERE dependency = 'embedder'`
        assert.isFalse(yield* trip({ ...refusal, generation }))
        assert.strictEqual((yield* embedder).state, "closed")
      }))

    it.effect("circuits that close leave their alerts to the cool-down, and make due exactly the jobs parked for them", () =>
      Effect.gen(function*() {
        const { close } = yield* begin
        const generation = yield* halted
        const [mine, other] = [yield* parkedFor("EMBED_AUTH"), yield* parkedFor("PARSER_QUOTA")]
        yield* close("embedder", generation, "worker:1")
        assert.deepInclude(yield* embedder, { state: "closed", code: null, probeAt: null })
        const sql = yield* SqlClient.SqlClient
        const alerts = yield* sql`SELECT closed_at, clear_since IS NOT NULL AS over FROM alerts`
        assert.deepStrictEqual(alerts, [{ closed_at: null, over: true }])
        const dueIn = Effect.fnUntraced(function*(job: typeof mine) {
          const { run_at } = yield* rowOf(job)
          return yield* secondsUntil(run_at instanceof Date ? DateTime.fromDateUnsafe(run_at) : null)
        })
        assert.isAtMost(yield* dueIn(mine), 1)
        assert.isAbove(yield* dueIn(other), 3_000)
      }))

    it.effect("circuits are reset by an operator, whose reason is in the row and in the audit log", () =>
      Effect.gen(function*() {
        const circuits = yield* begin
        const sql = yield* SqlClient.SqlClient
        assert.isTrue(Option.isNone(yield* circuits.reset("embedder", operator)), "it was closed")
        yield* halted
        const audited = sql`
          SELECT actor, role, action, target_id, reason, before->>'state' AS before, after->>'state' AS after
          FROM audit_log WHERE action = 'provider.reset' ORDER BY entry_id DESC LIMIT 1`
        const row = Option.getOrThrow(yield* circuits.reset("embedder", operator))
        assert.deepInclude(row, { state: "closed", updatedBy: "key:7", reason: "A new key is set." })
        assert.deepStrictEqual(yield* audited, [{
          actor: "key:7",
          role: "operator",
          action: "provider.reset",
          target_id: "embedder",
          reason: "A new key is set.",
          before: "halted",
          after: "closed"
        }])
      }))

    it.effect("notify every process when it begins to listen, as earlier changes may be missed, and of each change", () =>
      Effect.gen(function*() {
        const { changes, trip } = yield* begin
        const heard = yield* Queue.unbounded<void>()
        yield* Stream.runForEach(changes, () => Queue.offer(heard, undefined)).pipe(
          // Connecting has a time limit, which the test's clock would reach before the server answers.
          Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
          Effect.forkScoped
        )
        yield* Queue.take(heard)
        yield* trip({ ...refusal, generation: (yield* embedder).generation })
        yield* Queue.take(heard)
      }))

    it.effect("are not read again because documents have arrived", () =>
      Effect.gen(function*() {
        const { changes, trip } = yield* begin
        const { wakeups } = yield* JobQueue
        const [all, circuitsOnly] = yield* Effect.all([Queue.unbounded<void>(), Queue.unbounded<void>()])
        for (const [stream, queue] of [[wakeups, all], [changes, circuitsOnly]] as const) {
          yield* Stream.runForEach(stream, () => Queue.offer(queue, undefined)).pipe(
            Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
            Effect.forkScoped
          )
          yield* Queue.take(queue)
        }
        yield* accept()
        yield* trip({ ...refusal, generation: (yield* embedder).generation })
        yield* Queue.takeN(all, 2)
        yield* Queue.take(circuitsOnly)
        assert.strictEqual(yield* Queue.size(circuitsOnly), 0)
      }))
  })
})
