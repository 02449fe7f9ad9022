/** Many documents of one user, and cancels in every state. */
import { Effect, Random } from "effect"
import { randomUUID } from "node:crypto"
import { UserId } from "../../../src/domain/Ids.ts"
import { terminalStatuses } from "../../../src/domain/JobStatus.ts"
import { historyOf } from "../../support/databases/records.ts"
import type { Case } from "../Case.ts"
import { accept, longText, smallText } from "../documents.ts"
import { count, must, rowOf, untilComplete, untilCount } from "../judge.ts"
import { cancel } from "../owner.ts"
import { embeddingStack, fullStack } from "../stack.ts"
import { World } from "../World.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "F37",
    title: "one user sends 1,000 documents while three others send one each",
    expected: "At most half of the documents that wait when another user's comes end before it, and none is lost.",
    needs: ["postgres"],
    minutes: 15,
    run: Effect.gen(function*() {
      const { seed } = yield* World
      yield* embeddingStack({ MOCK_OPENAI_DELAY: "0.5", WORKER_LEASE_SECONDS: "30", WORKER_HEARTBEAT_SECONDS: "10" })
      yield* Effect.forEach(Array.from({ length: 1_000 }), (_, n) => accept(smallText(seed, n)), {
        concurrency: 32,
        discard: true
      })
      // Those that the worker has begun end with the newcomer; the others wait behind it.
      const waiting = yield* count("SELECT count(*) FROM upload_jobs WHERE processing_started_at IS NULL")
      yield* must(waiting > 100, `Only ${waiting} documents of the thousand wait: too fast to be a burst.`)
      const overtaken = yield* Effect.forEach(
        Array.from({ length: 3 }),
        Effect.fnUntraced(function*(_, n) {
          const { job_id } = yield* accept(smallText(seed, 20_000 + n), { userId: UserId.make(randomUUID()) })
          yield* untilComplete({ job_id })
          const ended = yield* count(`SELECT count(*) FROM upload_jobs other, upload_jobs this
            WHERE this.job_id = '${job_id}' AND other.processing_started_at > this.created_at
              AND other.processing_completed_at < this.processing_completed_at`)
          yield* must(ended <= waiting / 2, `${ended} of ${waiting} waiting documents ended before the other user's.`)
          return waiting - ended
        }),
        { concurrency: "unbounded" }
      )
      yield* untilCount(
        "complete documents",
        "SELECT count(*) FROM upload_jobs WHERE status = 'complete'",
        (complete) => complete === 1_003,
        "8 minutes"
      )
      return `The others' documents overtook ${overtaken.join(", ")} of those waiting; 1,003 complete.`
    })
  },
  {
    id: "F38",
    title: "60 cancels at random moments race with completion",
    expected: "Each job is either cancelled or complete, as the cancel's answer says, and nothing overwrites it later.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* fullStack({ settings: { MOCK_OPENAI_DELAY: "0.2", MOCK_LLAMAPARSE_DELAY: "0.5" } })
      yield* Effect.promise(() => fetch(urls.openai))
      const outcomes = yield* Effect.forEach(
        Array.from({ length: 60 }),
        Effect.fnUntraced(function*(_, n) {
          const job = yield* accept(n % 3 === 0 ? longText(60, seed * 1_000 + n) : smallText(seed, n))
          yield* Effect.sleep(yield* Random.nextIntBetween(0, 4_000))
          const cancelled = yield* cancel(job)
          return { job, cancelled }
        }),
        { concurrency: 20 }
      )
      yield* untilCount(
        "jobs that have not ended",
        `SELECT count(*) FROM upload_jobs WHERE status NOT IN (${
          terminalStatuses.map((status) => `'${status}'`).join(", ")
        })`,
        (left) => left === 0
      )
      // Nothing may be written in the time after it.
      yield* Effect.sleep("3 seconds")
      const states = new Set<string>()
      for (const { cancelled, job } of outcomes) {
        const { code, status } = yield* rowOf(job)
        const isCancelled = status.startsWith("failed") && code === "CANCELLED"
        yield* must(
          cancelled ? isCancelled : status === "complete",
          `A cancel that answered ${cancelled} left the job ${status} (${code}).`
        )
        if (cancelled) states.add((yield* historyOf(job.job_id)).at(-1)?.split(" ")[0] ?? "")
      }
      const won = outcomes.filter(({ cancelled }) => cancelled).length
      return `${won} cancelled (at ${[...states].join(", ")}), ${outcomes.length - won} complete.`
    })
  }
]
