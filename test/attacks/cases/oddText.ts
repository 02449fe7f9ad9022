/** Text that Postgres rejects, or that belongs to another user, from a document or from a provider's answer. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { anotherUser, type Answer, startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must, until, untilComplete, untilEnded } from "../../faults/judge.ts"
import { play } from "../../faults/mocks.ts"
import { World } from "../../faults/World.ts"
import { accepted } from "../accepted.ts"

const letter = (n: number) => `# Letter ${n}\n\nThe policy ${n} covers water damage in the cellar.\n`

export const cases: ReadonlyArray<Case> = [
  {
    id: "A2",
    title: "a heading whose length limit falls inside an emoji, in a document among those of 40 other users",
    expected: "The documents of all other users are complete.",
    minutes: 3,
    run: Effect.gen(function*() {
      const { start } = yield* World
      const { upload } = yield* startApi()
      const others = yield* Effect.forEach(Array.from({ length: 40 }, (_, n) => n), (n) =>
        Effect.gen(function*() {
          return yield* accepted(upload(`${n}.md`, letter(n), { as: yield* anotherUser }))
        }))
      const heading = `#${" ".repeat(250)}${"a".repeat(149)}\u{1f600}`
      const own = yield* accepted(upload("own.md", `${heading}\n\nWords below it.\n`))
      yield* start("mock-openai")
      yield* start("worker", { WORKER_CONCURRENCY: "64" })
      yield* Effect.forEach(others, (job) => untilComplete(job), { discard: true })
      const { status } = yield* untilEnded(own)
      return `40 of 40 are complete; the one with the emoji is ${status}.`
    })
  },
  {
    id: "A15a",
    title: "a text that the embedding provider refuses with a message that has an emoji at its 200th character",
    expected: "The document fails with EMBED_REJECTED within seconds; the others are complete.",
    minutes: 3,
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const { upload } = yield* startApi({ worker: true })
      const message = `${"a".repeat(199)}\u{1f600} and so on`
      yield* play(urls.openai, {
        openai: [{ on: "embeddings", match: { text: "*culprit*" }, times: 1_000, reply: { status: 400, message } }]
      })
      const culprit = yield* accepted(upload("culprit.md", "The culprit is here.\n"))
      const others = yield* Effect.forEach([1, 2, 3], (n) => accepted(upload(`${n}.md`, letter(n))))
      const { code, status } = yield* untilEnded(culprit, "30 seconds")
      yield* must(code === "EMBED_REJECTED", `It ended as ${status} (${code}).`)
      yield* Effect.forEach(others, (job) => untilComplete(job), { discard: true })
      return `It is ${status} (${code}); the others are complete.`
    })
  },
  {
    id: "A15b",
    title: "a Retry-After of a million hours",
    expected: "The document is retried within the hour.",
    minutes: 2,
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const { upload } = yield* startApi({ worker: true })
      const reply = { status: 429, code: "rate_limit_exceeded", retry_after: "1000000h" } as const
      yield* play(urls.openai, { openai: [{ on: "embeddings", times: 1_000, reply }] })
      const job = yield* accepted(upload("a.md", letter(1)))
      const { due_in } = yield* until(job, "put off", ({ code, due_in }) => code !== null && due_in !== null)
      yield* must(due_in !== null && due_in <= 3_600, `It is due in ${Math.round((due_in ?? 0) / 3_600)} hours.`)
      return `It is due in ${Math.round(due_in ?? 0)} s.`
    })
  },
  {
    id: "A34",
    title: "U+0000 and lone surrogates in every text that the API accepts",
    expected: "400 each time, and nothing is stored.",
    minutes: 1,
    run: Effect.gen(function*() {
      const { ask } = yield* startApi()
      const post = (path: string, body: unknown, method = "POST") =>
        ask(path, { method, body: JSON.stringify(body), headers: { "content-type": "application/json" } })
      for (const odd of ["a\u0000b", "a\ud83db"]) {
        const answers: ReadonlyArray<Answer> = [
          yield* post("/api/v1/keys", { name: odd, role: "viewer" }),
          yield* post("/api/v1/webhooks", { url: `http://127.0.0.1:1/${odd}` }),
          yield* post("/api/v1/search", { query: odd }),
          yield* post("/api/v1/providers/parser/reset", { reason: odd }),
          yield* post("/api/v1/uploads", { filename: odd, bytes: 3 }),
          yield* post("/api/v1/uploads", { filename: "a.md", bytes: 3, metadata: { [odd]: "a" } }),
          yield* post("/api/v1/uploads", { filename: "a.md", bytes: 3, metadata: { a: odd } }),
          yield* ask(`/api/v1/jobs?filename=${encodeURIComponent(odd.toWellFormed())}`)
        ]
        const codes = answers.slice(0, odd.includes("\u0000") ? 8 : 7).map(({ status }) => status)
        yield* must(codes.every((status) => status === 400), `They were answered ${codes.join(", ")}.`)
      }
      const sql = yield* SqlClient.SqlClient
      const [kept] = yield* sql<{ readonly count: number }>`
        SELECT (SELECT count(*) FROM webhook_subscriptions)::int + (SELECT count(*) FROM api_keys)::int AS count`
      yield* must(kept?.count === 1, `There are ${kept?.count} rows where only the local key should be.`)
      return "400 for 15 texts; nothing is stored."
    })
  },
  {
    id: "A36",
    title: "a provider quotes 22 characters of one user's text in its answer to a call that carries other "
      + "users' texts, too",
    expected: "No other user can read them in the messages of a job or of its events.",
    minutes: 2,
    run: Effect.gen(function*() {
      const { start, urls } = yield* World
      const { upload } = yield* startApi()
      const secret = "Mrs Example's number is 4711-0815"
      const others = yield* Effect.forEach(Array.from({ length: 20 }, (_, n) => n), (n) =>
        Effect.gen(function*() {
          return yield* accepted(upload(`${n}.md`, letter(n), { as: yield* anotherUser }))
        }))
      yield* accepted(upload("secret.md", `${secret}.\n`))
      yield* start("mock-openai")
      const reply = { status: 503, message: `:${secret.slice(0, 22)}: cannot be read` }
      yield* play(urls.openai, { openai: [{ on: "embeddings", match: { text: `*${secret}*` }, times: 1, reply }] })
      yield* start("worker", { WORKER_CONCURRENCY: "64" })
      yield* Effect.forEach(others, (job) => untilComplete(job), { discard: true })
      const sql = yield* SqlClient.SqlClient
      const said = yield* sql<{ readonly message: string; readonly jobs: number }>`
        SELECT message, count(DISTINCT job_id)::int AS jobs FROM job_events
        WHERE message IS NOT NULL GROUP BY message ORDER BY jobs DESC`
      const [call] = yield* sql<{ readonly jobs: number }>`
        SELECT count(*)::int AS jobs FROM embedding_ledger WHERE state = 'withdrawn'
        GROUP BY call_id ORDER BY jobs DESC LIMIT 1`
      yield* must((call?.jobs ?? 0) > 1, "The refused call carried no other user's text.")
      const leak = said.find(({ message }) => message.includes(secret.slice(0, 12)))
      yield* must(leak === undefined, `${leak?.jobs} jobs read: ${leak?.message}`)
      return `A call with the texts of ${call?.jobs} jobs was refused; ${said.length} messages, none of which contains it.`
    })
  }
]
