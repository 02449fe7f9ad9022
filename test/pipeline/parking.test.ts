/** Jobs held back by a provider that rejects us or by a used-up budget: parked, explained, and resumed. */
import { assert, layer as suite } from "@effect/vitest"
import { Duration, Effect, Layer, References } from "effect"
import { SqlClient } from "effect/sql"
import { Alerts } from "../../services/Alerts.ts"
import { Budgets } from "../../services/Budgets.ts"
import { Circuits } from "../../services/Circuits.ts"
import { Jobs } from "../../services/Jobs.ts"
import { explain } from "../../src/domain/explain.ts"
import { localUserId } from "../../src/domain/Ids.ts"
import type { Job } from "../../src/domain/Job.ts"
import { databases } from "../support/databases/Databases.ts"
import { ledgerOf } from "../support/databases/records.ts"
import { someone, stores, upload } from "../support/databases/stores.ts"
import { ended, waitUntil } from "./observe.ts"
import { Vendors } from "./Vendors.ts"
import { vendorsInMemory } from "./vendorsInMemory.ts"
import { workerHere } from "./worker.ts"

const textOf = (word: string): string => `# On ${word}\n\n${`A sentence about ${word}, and so on. `.repeat(20)}`

const parkedBy = (job: Job, code: string) =>
  waitUntil(job, `parked by ${code}`, ({ lastError, runAt }) => lastError?.code === code && runAt !== null)

const explained = Effect.fnUntraced(function*(job: Job) {
  const jobs = yield* Jobs
  const history = yield* jobs.events(localUserId, job.jobId, 0)
  return explain({ job, history, now: job.updatedAt, parseDeadline: Duration.minutes(30) })
})

/** I5: no more texts were paid for than exist, except those that the ledger shows as lost. */
const assertNothingBoughtTwice = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly paid: number; readonly texts: number }>`
    SELECT (SELECT coalesce(sum(chunks), 0)::int FROM embedding_ledger l WHERE l.user_id = c.user_id AND state = 'paid') AS paid,
      count(DISTINCT chunk_sha)::int AS texts
    FROM document_chunk_buffer c GROUP BY user_id`
  for (const { paid, texts } of rows) assert.isAtMost(paid, texts)
})

for (const { layer, name } of databases) {
  const all = workerHere.pipe(
    Layer.provideMerge(vendorsInMemory.pipe(Layer.provideMerge(stores), Layer.provideMerge(layer))),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  suite(all, { excludeTestServices: true, timeout: "1 minute" })(`a job that is held back, on ${name}`, (it) => {
    it.effect(
      "by a provider that rejects our key is parked without a call, and resumes after an operator's "
        + "reset",
      () =>
        Effect.gen(function*() {
          const [alerts, circuits, vendors] = [yield* Alerts, yield* Circuits, yield* Vendors]
          const before = yield* vendors.bought
          yield* vendors.failNext({ embeddings: [{ word: "", times: 1_000, as: "denied" }] })
          const first = yield* parkedBy(yield* upload(textOf("quinces")), "EMBED_AUTH")
          const second = yield* parkedBy(yield* upload(textOf("rhubarb")), "EMBED_AUTH")
          assert.deepStrictEqual([first.retryCount, second.retryCount], [0, 0])
          assert.strictEqual((yield* vendors.bought).calls, before.calls)
          assert.lengthOf(yield* alerts.list({ which: "open" }), 1)
          const { nextAction, sentence, waitingFor } = yield* explained(second)
          assert.match(sentence, /^Parked: All calls to the embedder are halted/)
          assert.include(nextAction, "OPENAI_API_KEY")
          assert.strictEqual(waitingFor, "embedder")

          yield* vendors.failNext({})
          yield* circuits.reset("embedder", { ...someone, reason: "A new key is set." })
          for (const job of [first, second]) assert.strictEqual((yield* ended(job)).status, "complete")
          assert.lengthOf(yield* alerts.list({ which: "open" }), 0)
          yield* assertNothingBoughtTwice
        })
    )

    it.effect("by a budget is parked before the call, says why, and resumes when the budget is raised", () =>
      Effect.gen(function*() {
        const [budgets, vendors] = [yield* Budgets, yield* Vendors]
        yield* vendors.failNext({})
        yield* budgets.set(localUserId, 0, someone)
        const job = yield* parkedBy(yield* upload(textOf("satsumas")), "BUDGET_EXCEEDED")
        assert.strictEqual(job.status, "embedding_in_progress")
        const { announced, lost, paid } = yield* ledgerOf(job.jobId)
        assert.deepStrictEqual([announced.calls, lost.calls, paid.calls], [0, 0, 0])
        const { nextAction, sentence, waitingFor } = yield* explained(job)
        assert.match(sentence, /^Parked: The user's budget has .* left this month, and the next call costs about/)
        assert.include(nextAction, "accessa budgets set")
        assert.strictEqual(waitingFor, "budget")

        yield* budgets.set(localUserId, 10, someone)
        const done = yield* ended(job)
        assert.strictEqual(done.status, "complete")
        const { spentUsd } = yield* budgets.find(localUserId)
        assert.isAtLeast(spentUsd, done.costUsd)
        yield* budgets.set(localUserId, null, someone)
        yield* assertNothingBoughtTwice
      }))

    it.effect("costs what the ledger says: the counters and the ledger agree exactly", () =>
      Effect.gen(function*() {
        const budgets = yield* Budgets
        const sql = yield* SqlClient.SqlClient
        yield* Effect.forEach(
          ["tangerines", "ugli", "vanilla"],
          (word) => Effect.flatMap(upload(textOf(word)), ended),
          { concurrency: "unbounded" }
        )
        const [row] = yield* sql<{ readonly cost: number }>`
          SELECT sum(cost_usd)::float8 AS cost FROM embedding_ledger WHERE state IN ('paid', 'lost', 'announced')`
        for (const user of [localUserId, null]) {
          assert.approximately((yield* budgets.find(user)).spentUsd, row?.cost ?? Number.NaN, 1e-12)
        }
      }))
  })
}
