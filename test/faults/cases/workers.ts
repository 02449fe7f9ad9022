/** Workers that die, stop, hang and wake up again. */
import { Effect } from "effect"
import type { OpenAIStep } from "../../../src/mocks/scenarios/Scenario.ts"
import { historyOf, ledgerOf } from "../../support/databases/records.ts"
import type { Case } from "../Case.ts"
import { accept, longText, smallText } from "../documents.ts"
import {
  count,
  eventually,
  type JobRow,
  must,
  rowOf,
  until,
  untilComplete,
  untilCount,
  untilStaleWrite
} from "../judge.ts"
import { billed, endScenario, met, play, untilAnswered, untilMet } from "../mocks.ts"
import { embeddingStack, untilStopped } from "../stack.ts"
import { World } from "../World.ts"

/** Calls are answered and billed, but the answer takes a minute to arrive. */
const slowAnswers = { openai: [{ on: "embeddings", times: 1_000, garbage: "slow", delay: "1m" }] } as const

/** While a worker is suspended, its call is answered, and another worker makes the same call. */
const asleep = (id: string, title: string, expected: string, first: typeof OpenAIStep.Encoded): Case => ({
  id,
  title,
  expected,
  run: Effect.gen(function*() {
    const { seed, start, urls } = yield* World
    const sleeper = yield* embeddingStack()
    yield* play(urls.openai, { openai: [first, { on: "embeddings", delay: "15s" }] })
    const job = yield* accept(smallText(seed))
    const isEmbedding = (row: JobRow) => row.lease_owner !== null && row.status === "embedding_in_progress"
    const { fence } = yield* until(job, "embedding", isEmbedding)
    yield* untilMet(urls.openai)
    yield* sleeper.signal("SIGSTOP")
    yield* start("worker")
    yield* until(job, "embedded by another", (row) => isEmbedding(row) && row.fence > fence)
    yield* untilMet(urls.openai, 1, 1)
    yield* untilAnswered(urls.openai, 1, [200, 500])
    yield* sleeper.signal("SIGCONT")
    yield* untilComplete(job)
    const history = yield* historyOf(job.job_id)
    yield* must(
      !history.some((step) => /^(?:retry_scheduled|parked)/.test(step)),
      `The worker that woke up rescheduled the job: ${history.join(", ")}.`
    )
    const { lost, paid } = yield* ledgerOf(job.job_id)
    return `Completed by the other worker, undisturbed; ${paid.calls} call paid, ${lost.calls} lost.`
  })
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "F2",
    title: "kill -9 after the provider answered, before the vectors are stored",
    expected:
      "Another worker completes the document; each call of the dead one is bought once more, and the ledger shows it as lost.",
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      const worker = yield* embeddingStack()
      yield* play(urls.openai, slowAnswers)
      const job = yield* accept(longText(600, seed))
      yield* until(job, "embedding", ({ status }) => status === "embedding_in_progress")
      // Every announced call has been billed, and none has been answered.
      const underWay = Effect.all([billed(urls.openai), count(announced(job.job_id))])
      yield* eventually(
        underWay,
        ([{ requests }, asked]) => requests > 0 && requests === asked,
        ([{ requests }, asked]) => `${asked} calls are announced, ${requests} billed.`
      )
      yield* worker.kill
      // A call sent at the last moment is billed, too.
      yield* eventually(
        Effect.all([billed(urls.openai), met(urls.openai)]),
        ([{ requests }, arrived]) => requests === arrived,
        ([{ requests }, arrived]) => `${arrived} calls arrived, ${requests} are billed.`
      )
      const before = yield* billed(urls.openai)
      yield* endScenario(urls.openai)
      yield* start("worker")
      yield* untilComplete(job)
      const after = yield* billed(urls.openai)
      const { lost, paid } = yield* ledgerOf(job.job_id)
      yield* must(lost.calls >= before.requests, `${before.requests} calls were lost, the ledger says ${lost.calls}.`)
      yield* must(
        after.requests <= paid.calls + lost.calls,
        `The provider billed ${after.requests} calls, the ledger has ${paid.calls} paid and ${lost.calls} lost.`
      )
      yield* must(
        after.tokens - before.tokens === paid.tokens,
        `After the kill ${after.tokens - before.tokens} tokens were billed, ${paid.tokens} paid.`
      )
      return `${lost.calls} calls lost and shown, ${paid.calls} paid once, ${paid.tokens} tokens.`
    })
  },
  {
    id: "F2a",
    title: "kill -9 when some calls are stored and others are under way",
    expected: "The next worker buys only what is missing: no text is paid for twice.",
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      const worker = yield* embeddingStack()
      yield* play(urls.openai, {
        openai: [{ on: "embeddings", times: 2 }, { on: "embeddings", times: 1_000, garbage: "slow", delay: "1m" }]
      })
      const job = yield* accept(longText(1_500, seed))
      yield* untilCount(
        "stored vectors",
        `SELECT count(*) FROM document_vector_buffer WHERE document_id = '${job.document_id}'`,
        (stored) => stored > 0
      )
      yield* untilMet(urls.openai, 1, 1)
      yield* worker.kill
      const left = yield* ledgerOf(job.job_id)
      yield* endScenario(urls.openai)
      yield* start("worker")
      yield* untilComplete(job)
      const { lost, paid } = yield* ledgerOf(job.job_id)
      const { requests } = yield* billed(urls.openai)
      yield* must(left.paid.calls > 0 && lost.calls > 0, `${left.paid.calls} were stored, ${lost.calls} lost: too few.`)
      yield* must(
        requests <= paid.calls + lost.calls,
        `${requests} calls were billed, ${paid.calls} are paid and ${lost.calls} lost.`
      )
      return `${left.paid.calls} calls stored before the kill, ${
        paid.calls - left.paid.calls
      } after it, ${lost.calls} lost.`
    })
  },
  {
    id: "F3",
    title: "SIGTERM in the middle of a batch",
    expected: "The batch under way is stored or released within the grace period; no attempt and no crash is counted; "
      + "another worker continues.",
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      const worker = yield* embeddingStack()
      yield* play(urls.openai, { openai: [{ on: "embeddings", times: 1_000, delay: "700ms" }] })
      const job = yield* accept(longText(1_500, seed))
      yield* untilCount("calls announced", announced(job.job_id), (calls) => calls > 0)
      yield* worker.signal("SIGTERM")
      yield* untilStopped(worker)
      const left = yield* rowOf(job)
      yield* must(
        left.lease_owner === null && left.crash_count === 0 && left.retry_count === 0,
        `It left the job with owner ${left.lease_owner}, ${left.crash_count} crashes and ${left.retry_count} retries.`
      )
      yield* endScenario(urls.openai)
      yield* start("worker")
      yield* untilComplete(job)
      const { lost, paid } = yield* ledgerOf(job.job_id)
      const { requests } = yield* billed(urls.openai)
      yield* must(
        lost.calls === 0 && requests === paid.calls,
        `${requests} calls billed, ${paid.calls} paid, ${lost.calls} lost.`
      )
      return `It stopped at ${left.status} with ${left.embeds_done} vectors; ${paid.calls} calls in all, none lost.`
    })
  },
  {
    id: "F5",
    title: "SIGSTOP of a worker until another has taken over, then SIGCONT",
    expected: "The other worker completes the document; every write of the worker that wakes up is refused and "
      + "counted.",
    fast: true,
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      const sleeper = yield* embeddingStack()
      yield* play(urls.openai, { openai: [{ on: "embeddings", delay: "4s" }] })
      const job = yield* accept(smallText(seed))
      yield* untilMet(urls.openai)
      yield* sleeper.signal("SIGSTOP")
      yield* start("worker")
      const taken = yield* untilComplete(job)
      // One call for each worker: the suspended one's call is answered, too.
      yield* untilAnswered(urls.openai, 2)
      yield* sleeper.signal("SIGCONT")
      yield* untilStaleWrite
      const now = yield* rowOf(job)
      yield* must(
        now.fence === taken.fence && now.status === "complete",
        `The job is ${now.status} at fence ${now.fence}.`
      )
      yield* must(
        (yield* historyOf(job.job_id)).includes("crashed at embedding_in_progress"),
        "The history has no crash."
      )
      const { lost, paid } = yield* ledgerOf(job.job_id)
      return `Completed by the other under fence ${now.fence}; refused writes counted; ${paid.calls} calls paid, ${lost.calls} lost.`
    })
  },
  asleep(
    "F5a",
    "SIGSTOP of a worker whose call fails meanwhile, until another worker is at the same point",
    "The worker that wakes up cannot reschedule the job that the other one holds: one history, one actor per claim.",
    { on: "embeddings", delay: "4s", reply: { status: 500 } }
  ),
  asleep(
    "F5b",
    "SIGSTOP of a worker whose call is answered meanwhile, until another worker is at the same point",
    "The worker that wakes up cannot store what it bought, which counts as lost.",
    { on: "embeddings", delay: "4s" }
  )
]

const announced = (job: string) =>
  `SELECT count(*) FROM embedding_ledger WHERE job_id = '${job}' AND state IN ('announced', 'paid')`
