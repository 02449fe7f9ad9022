/** The embedding provider limits, refuses, fails, and answers with garbage. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { UserId } from "../../../src/domain/Ids.ts"
import type { OpenAIStep } from "../../../src/mocks/scenarios/Scenario.ts"
import { ledgerOf } from "../../support/databases/records.ts"
import type { Case } from "../Case.ts"
import { accept, longText, smallText } from "../documents.ts"
import { count, eventually, must, rowOf, until, untilComplete, untilCount, untilEnded } from "../judge.ts"
import { billed, calls, endScenario, play } from "../mocks.ts"
import { retry } from "../owner.ts"
import { embeddingStack } from "../stack.ts"
import { World } from "../World.ts"

type Step = typeof OpenAIStep.Encoded

/** The provider rejects us, not the document. */
const refused = (id: string, what: string, status: number, code: string): Case => ({
  id,
  title: `${what} (${status} ${code})`,
  expected: "The provider is halted instead of failing ten documents: few calls are made, and one alert is raised.",
  run: Effect.gen(function*() {
    const { seed, urls } = yield* World
    yield* embeddingStack()
    yield* play(urls.openai, { openai: [{ on: "embeddings", times: 10_000, reply: { status, code } }] })
    const jobs = yield* Effect.forEach(Array.from({ length: 10 }), (_, n) => accept(smallText(seed, n)))
    yield* untilCount("alerts", "SELECT count(*) FROM alerts", (alerts) => alerts > 0)
    // None of this may happen in the time after it.
    yield* Effect.sleep("8 seconds")
    const failed = yield* count("SELECT count(*) FROM upload_jobs WHERE status LIKE 'failed%'")
    const made = (yield* calls(urls.openai))[String(status)] ?? 0
    yield* must(failed === 0, `${failed} documents failed.`)
    yield* must(made <= 5, `${made} calls were made to a provider that rejects us.`)
    const alerts = yield* count("SELECT count(*) FROM alerts")
    yield* must(alerts === 1, `${alerts} alerts were raised.`)
    return `${made} calls for ${jobs.length} documents, none failed, one alert.`
  })
})

const entered = "SELECT count(*) FROM embedding_ledger WHERE state IN ('paid', 'lost')"
const vectors = "SELECT count(*) FROM document_vector_buffer"

export const cases: ReadonlyArray<Case> = [
  {
    id: "F32",
    title: "429 with Retry-After for only one user's document",
    expected: "That document waits as long as requested and does not fail; another user's completes meanwhile.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* embeddingStack()
      yield* play(urls.openai, {
        openai: [{
          on: "embeddings",
          match: { text: "*limited*" },
          times: 1,
          reply: { status: 429, code: "rate_limit_exceeded", retry_after: "15s" }
        }]
      })
      const limited = yield* accept(`# limited\n\n${smallText(seed)}`)
      const waiting = yield* until(limited, "waiting", ({ code }) => code !== null)
      yield* must((waiting.due_in ?? 0) > 5, `It is retried in ${waiting.due_in} s.`)
      const other = yield* accept(smallText(seed, 1), { userId: UserId.make(randomUUID()) })
      const quick = yield* untilComplete(other)
      yield* must((yield* rowOf(limited)).status !== "complete", "The rate-limited one was complete before.")
      const { seconds } = yield* untilComplete(limited)
      yield* must(seconds > 14, `It was complete after ${seconds} s already.`)
      return `The rate-limited one after ${seconds.toFixed(1)} s, the other user's after ${quick.seconds.toFixed(1)} s.`
    })
  },
  {
    id: "F33",
    title: "429 without a header, 500, 502, 503, a truncated body, a slow answer",
    expected: "Each is transient: the document is retried and completes in bounded time; calls with unusable answers "
      + "show as lost.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* embeddingStack()
      const faults: ReadonlyArray<Pick<Step, "reply" | "garbage" | "delay">> = [
        { reply: { status: 429, code: "rate_limit_exceeded" } },
        { reply: { status: 500 } },
        { reply: { status: 502 } },
        { reply: { status: 503 } },
        { garbage: "reset_mid_body" },
        { garbage: "slow", delay: "3s" }
      ]
      const times: Array<string> = []
      for (const [n, fault] of faults.entries()) {
        yield* play(urls.openai, { openai: [{ on: "embeddings", ...fault }] })
        const job = yield* accept(smallText(seed, n))
        const { seconds } = yield* untilComplete(job)
        // Including our own probes of the service.
        yield* eventually(
          Effect.all([billed(urls.openai), count(entered)]),
          ([{ requests }, calls]) => requests === calls,
          ([{ requests }, calls]) => `${JSON.stringify(fault)}: ${requests} calls billed, ${calls} paid or lost.`
        )
        times.push(seconds.toFixed(1))
      }
      return `Complete after ${times.join(", ")} s.`
    })
  },
  refused("F34", "the provider refuses the key", 401, "invalid_api_key"),
  refused("F34a", "the budget is used up", 429, "insufficient_quota"),
  {
    id: "F35",
    title: "200 with too few vectors, wrong dimensions, NaN, zeros, HTML, or shuffled items",
    expected: "Garbage is never stored and the call is repeated; shuffled items are assigned to their chunks "
      + "by index.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* embeddingStack()
      const seen: Array<string> = []
      const kinds = ["fewer_vectors", "wrong_dimensions", "nan", "zero", "html", "shuffled"] as const
      for (const [n, garbage] of kinds.entries()) {
        const stored = yield* count(vectors)
        yield* play(urls.openai, { openai: [{ on: "embeddings", garbage }] })
        const job = yield* accept(smallText(seed, n))
        if (garbage !== "shuffled") {
          const { code } = yield* until(job, "refused", (row) => row.code !== null)
          yield* must((yield* count(vectors)) === stored, `${garbage}: vectors were stored.`)
          seen.push(`${garbage}: ${code}`)
        }
        if (garbage === "wrong_dimensions") {
          const { status } = yield* untilEnded(job)
          if (status !== "complete") yield* retry(job)
        }
        yield* untilComplete(job)
      }
      return `${seen.join(", ")}; all complete afterwards.`
    })
  },
  {
    id: "F36",
    title: "one input of a document is refused permanently",
    expected: "The other chunks are stored; the job fails and names the chunk; a retry buys only that one.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* embeddingStack()
      yield* play(urls.openai, {
        openai: [{
          on: "embeddings",
          match: { text: "*unspeakable*" },
          times: 10_000,
          reply: { status: 400, message: "This input is refused." }
        }]
      })
      const job = yield* accept(`${longText(700, seed)}\n\n## One more\n\nThe unspeakable clause.`)
      const { code, message, status } = yield* untilEnded(job)
      yield* must(status === "failed_embedding", `The job ended as ${status} (${code}).`)
      const missing = yield* count(
        `SELECT count(*) FROM (SELECT 1 FROM document_chunk_buffer c LEFT JOIN document_vector_buffer v USING (chunk_id) WHERE c.document_id = '${job.document_id}' GROUP BY c.chunk_sha HAVING count(v.chunk_id) = 0) texts`
      )
      const first = yield* ledgerOf(job.job_id)
      yield* endScenario(urls.openai)
      yield* retry(job)
      yield* untilComplete(job)
      const second = yield* ledgerOf(job.job_id)
      const bought = second.paid.chunks - first.paid.chunks
      // Chunks with the same text as another one get its vector without being bought.
      yield* must(missing === 1 && bought === 1, `${missing} texts had no vector, and the retry bought ${bought}.`)
      yield* must(/chunk/i.test(message ?? ""), `The error names no chunk: ${message}`)
      return `${code}; the retry bought ${bought} chunk.`
    })
  }
]
