import { DateTime, Duration, Effect, Fiber, Option, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { assert } from "vitest"
import { JobQueue } from "../../../../services/JobQueue.ts"
import { Providers, type Shutting } from "../../../../services/Providers.ts"
import type { JobError } from "../../../../src/domain/Job.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, claimOne, emptyTables, rowOf, secondsUntil, stores } from "../../../support/databases/stores.ts"

const refusal: Shutting = {
  dependency: "embedder",
  state: "halted",
  code: "EMBED_AUTH",
  message: "The key is refused.",
  failures: 1,
  probeAfter: Duration.minutes(5),
  actor: "worker:1"
}
const operator = { actor: "key:7", role: "operator", reason: "A new key is set.", correlationId: null }

const begin = Effect.gen(function*() {
  yield* emptyTables
  const sql = yield* SqlClient.SqlClient
  yield* sql`DELETE FROM alerts`
  const providers = yield* Providers
  for (const { dependency } of yield* providers.list) yield* providers.reopen(dependency, "test")
  return providers
})

const embedder = Effect.flatMap(
  Providers,
  ({ list }) => Effect.map(list, (rows) => rows.find(({ dependency }) => dependency === "embedder"))
)

/** A job that stands back for an hour because of this. */
const parkedFor = Effect.fnUntraced(function*(code: JobError["code"]) {
  const queue = yield* JobQueue
  yield* accept()
  const job = yield* claimOne()
  const last_error: JobError = {
    code,
    class: "recoverable",
    message: "Out.",
    help: "",
    kept: "",
    at_status: "uploaded"
  }
  yield* queue.move({
    job_id: job.job_id,
    fence: job.fence,
    from: "uploaded",
    to: "uploaded",
    type: "parked",
    actor: "test",
    set: { last_error },
    release_ms: 3_600_000
  })
  return job
})

onEachDatabase("the providers", (it) => {
  it.layer(stores)((it) => {
    it.effect("are in service to begin with, each in a row", () =>
      Effect.gen(function*() {
        const providers = yield* begin
        assert.deepStrictEqual(
          (yield* providers.list).map(({ dependency, state }) => `${dependency} ${state}`),
          ["database closed", "embedder closed", "parser closed", "storage closed"]
        )
      }))

    it.effect("raise one alert, however many workers find the same", () =>
      Effect.gen(function*() {
        const providers = yield* begin
        yield* Effect.forEach([1, 2, 3, 4], () => providers.shut(refusal), { concurrency: "unbounded" })
        const row = yield* embedder
        assert.deepInclude(row, { state: "halted", code: "EMBED_AUTH", updatedBy: "worker:1" })
        assert.approximately(Duration.toSeconds(row?.probeIn ?? Duration.zero), 300, 5)
        const alerts = yield* providers.alerts("open")
        assert.deepStrictEqual(alerts.map(({ count, key }) => [key, count]), [["embedder:EMBED_AUTH", 4]])
      }))

    it.effect("that refuse us are not opened again by calls that merely fail", () =>
      Effect.gen(function*() {
        const providers = yield* begin
        yield* providers.shut(refusal)
        yield* providers.shut({ ...refusal, state: "open", code: "EMBED_UNAVAILABLE", probeAfter: Duration.zero })
        assert.deepInclude(yield* embedder, { state: "halted", code: "EMBED_AUTH" })
      }))

    it.effect("are probed by one of all who ask, and by nobody before it is time", () =>
      Effect.gen(function*() {
        const providers = yield* begin
        assert.isFalse(yield* providers.takeProbe("embedder", "worker:1"), "in service")
        yield* providers.shut(refusal)
        assert.isFalse(yield* providers.takeProbe("embedder", "worker:1"), "too early")
        yield* providers.shut({ ...refusal, probeAfter: Duration.zero })
        const asked = yield* Effect.forEach(
          Array.from({ length: 20 }),
          () => providers.takeProbe("embedder", "worker:2"),
          { concurrency: "unbounded" }
        )
        assert.lengthOf(asked.filter((taken) => taken), 1)
        assert.deepInclude(yield* embedder, { state: "half_open", updatedBy: "worker:2" })
      }))

    it.effect("that are back close their alerts, and wake the jobs that were parked for them and no others", () =>
      Effect.gen(function*() {
        const providers = yield* begin
        yield* providers.shut(refusal)
        const [mine, other] = [yield* parkedFor("EMBED_AUTH"), yield* parkedFor("PARSER_QUOTA")]
        yield* providers.reopen("embedder", "worker:1")
        assert.deepInclude(yield* embedder, { state: "closed", code: null, probeAt: null })
        assert.lengthOf(yield* providers.alerts("open"), 0)
        const dueIn = Effect.fnUntraced(function*(job: typeof mine) {
          const { run_at } = yield* rowOf(job)
          return yield* secondsUntil(run_at instanceof Date ? DateTime.fromDateUnsafe(run_at) : null)
        })
        assert.isAtMost(yield* dueIn(mine), 1)
        assert.isAbove(yield* dueIn(other), 3_000)
      }))

    it.effect("are put back by an operator, whose reason stands in the row and in the audit log", () =>
      Effect.gen(function*() {
        const providers = yield* begin
        const sql = yield* SqlClient.SqlClient
        assert.isTrue(Option.isNone(yield* providers.reset("embedder", operator)), "nothing to reset")
        yield* providers.shut(refusal)
        const row = Option.getOrThrow(yield* providers.reset("embedder", operator))
        assert.deepInclude(row, { state: "closed", updatedBy: "key:7", reason: "A new key is set." })
        const audited = yield* sql`
          SELECT actor, role, action, target_id, reason, before->>'state' AS before, after->>'state' AS after
          FROM audit_log WHERE action = 'provider.reset'`
        assert.deepStrictEqual(audited, [{
          actor: "key:7",
          role: "operator",
          action: "provider.reset",
          target_id: "embedder",
          reason: "A new key is set.",
          before: "halted",
          after: "closed"
        }])
      }))

    it.effect("tell every worker when one of them changes", () =>
      Effect.gen(function*() {
        const providers = yield* begin
        const heard = yield* Effect.forkChild(Stream.runHead(providers.changes), { startImmediately: true })
        yield* Effect.repeat(Effect.andThen(providers.shut(refusal), Effect.yieldNow), {
          until: () => heard.pollUnsafe() !== undefined
        })
        assert.isTrue(Option.isSome(yield* Fiber.join(heard)))
      }))
  })
})
