/** After a delete, no text of a document is left in any table, in the data folder, in the logs or at the provider. */
import { Effect, Random, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { type Answer, startApi, storedFiles } from "../../faults/api.ts"
import { type Case, Unexpected } from "../../faults/Case.ts"
import { must, until, untilComplete, untilEnded } from "../../faults/judge.ts"
import { play } from "../../faults/mocks.ts"
import { fullStack, hostedParser } from "../../faults/stack.ts"
import { World } from "../../faults/World.ts"
import { allFiles, allRows, findIn, parsesAtTheProvider } from "../everywhere.ts"

type Api = Effect.Success<ReturnType<typeof startApi>>

const jobOf = ({ body }: Answer) => ({ job_id: String(body["job_id"]), document_id: String(body["document_id"]) })
type Key = ReturnType<typeof jobOf>

const aWord = () => `kanarie${randomUUID().replaceAll("-", "")}`
/** The word is in its text and in its name. */
const send = Effect.fnUntraced(function*(api: Api, word: string, headers: Record<string, string> = {}) {
  const text = `# Letter of ${word}\n\n${`The policy of ${word} covers water damage. `.repeat(20)}\n`
  const answer = yield* api.upload(`${word}.md`, text, { headers, fields: { metadata: JSON.stringify({ word }) } })
  yield* must(answer.status === 202, `An upload was answered ${answer.status} ${answer.code}.`)
  return jobOf(answer)
})

const remove = Effect.fnUntraced(function*(api: Api, { document_id }: Key) {
  const { status } = yield* api.ask(`/api/v1/documents/${document_id}`, { method: "DELETE" })
  yield* must(status === 204, `A delete was answered ${status}.`)
})

/** Until nothing of any of them is left. */
const mustBeNowhere = Effect.fnUntraced(function*(words: ReadonlyArray<string>) {
  const look = Effect.gen(function*() {
    const texts = [...(yield* allRows), ...(yield* allFiles)]
    return words.flatMap((word) => findIn(texts, word))
  })
  const found = yield* Effect.repeat(look, {
    until: (places) => places.length === 0,
    schedule: Schedule.spaced("500 millis"),
    times: 240
  })
  if (found.length > 0) return yield* new Unexpected({ message: `${found.length} places: ${found[0]}` })
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "A8",
    title: "80 documents are deleted at random moments while they are parsed",
    expected: "Soon none of their files is left.",
    run: Effect.gen(function*() {
      const settings = { MOCK_LLAMAPARSE_DELAY: "1" }
      yield* fullStack({ settings })
      const api = yield* startApi({ settings: { ...(yield* hostedParser), ...settings } })
      const words = Array.from({ length: 80 }, aWord)
      yield* Effect.forEach(
        words,
        Effect.fnUntraced(function*(word) {
          const job = yield* send(api, word)
          yield* Effect.sleep(`${yield* Random.nextIntBetween(0, 2_500)} millis`)
          yield* remove(api, job)
        }),
        { concurrency: 16 }
      )
      yield* mustBeNowhere(words)
      const files = yield* storedFiles
      yield* must(files.length === 0, `${files.length} files are left: ${files[0]}.`)
      return "80 deleted; no row, file or log line contains a word of them."
    })
  },
  {
    id: "A12",
    title: "a search and an upload with an Idempotency-Key are repeated after the document was deleted",
    expected: "Neither answer contains anything of the document, and no table does.",
    run: Effect.gen(function*() {
      const api = yield* startApi({ worker: true })
      const word = aWord()
      const named = { "idempotency-key": `upload-${word.slice(0, 8)}` }
      const job = yield* send(api, word, named)
      yield* untilComplete(job)
      const search = api.ask("/api/v1/search", {
        method: "POST",
        body: JSON.stringify({ query: "water damage" }),
        headers: { "content-type": "application/json", "idempotency-key": "search" }
      })
      yield* must((yield* search).text.includes(word), "The search does not find it, so the case proves nothing.")
      yield* remove(api, job)
      yield* must(!(yield* search).text.includes(word), "The repeated search returns the text.")
      const form = new FormData()
      form.append("metadata", JSON.stringify({ word }))
      const text = `# Letter of ${word}\n\n${`The policy of ${word} covers water damage. `.repeat(20)}\n`
      form.append("file", new Blob([text]), `${word}.md`)
      const again = yield* api.ask("/api/v1/documents", { method: "POST", body: form, headers: named })
      yield* must(again.status === 404, `The repeated upload is answered ${again.status}.`)
      yield* mustBeNowhere([word])
      return "The search finds nothing, the upload is 404, and no table contains a word of it."
    })
  },
  {
    id: "A12b",
    title: "documents are deleted in every state, both held by a worker and waiting",
    expected: "Soon no table, file or log contains a word of them, and the provider has none of their parses.",
    minutes: 4,
    run: Effect.gen(function*() {
      const { start, urls } = yield* World
      const sql = yield* SqlClient.SqlClient
      const settings = { ...(yield* hostedParser), MOCK_LLAMAPARSE_DELAY: "1", MOCK_OPENAI_DELAY: "2" }
      const api = yield* startApi({ settings })
      const words: Array<string> = []
      const one = Effect.fnUntraced(
        function*(after: (job: Key) => Effect.Effect<unknown, unknown, SqlClient.SqlClient>) {
          const word = aWord()
          words.push(word)
          const job = yield* send(api, word, { "idempotency-key": randomUUID() })
          yield* after(job)
          yield* remove(api, job)
        }
      )
      yield* one(() => Effect.void)
      yield* start("mock-openai", settings)
      yield* start("mock-llamaparse", settings)
      yield* start("worker", settings)
      const status = (...wanted: ReadonlyArray<string>) => (job: Key) =>
        until(job, wanted.join(" or "), (row) => wanted.includes(row.status))
      const states = [
        // In any state the worker has reached.
        ...[0, 50, 150, 300, 600, 900, 1_200, 1_500, 2_000, 3_000].map((ms) => () => Effect.sleep(`${ms} millis`)),
        status("parse_queued"),
        (job: Key) => until(job, "waiting", (row) => row.status === "parse_queued" && row.lease_owner === null),
        status("chunks_stored", "embedding_queued", "embedding_in_progress"),
        status("embedding_in_progress", "complete"),
        status("complete"),
        (job: Key) =>
          status("parse_queued")(job).pipe(
            Effect.andThen(api.ask(`/api/v1/jobs/${job.job_id}/cancel`, { method: "POST" }))
          )
      ]
      yield* Effect.forEach(states, one, { concurrency: 8 })
      const faults = [
        { on: "job", fail: "PDF_IS_BROKEN" },
        { on: "job", empty: true }
      ] as const
      for (const fault of faults) {
        yield* play(urls.llamaparse, { llamaparse: [fault] })
        yield* one((job) => untilEnded(job))
      }
      // Its submission succeeds, but the response is lost.
      yield* play(urls.llamaparse, { llamaparse: [{ on: "create", lose_reply: true }] })
      yield* one((job) =>
        until(job, "retry scheduled, or later", (row) => row.code !== null || row.status === "complete")
      )
      yield* play(urls.llamaparse, { llamaparse: [] })
      yield* mustBeNowhere(words)
      const parses = yield* parsesAtTheProvider.pipe(
        Effect.repeat({
          until: (found) => found.length === 0,
          schedule: Schedule.spaced("500 millis"),
          times: 240
        })
      )
      yield* must(parses.length === 0, `The provider has ${parses.length} parses: ${parses[0]}.`)
      const events = yield* sql`SELECT FROM job_events`
      yield* must(events.length === 0, `${events.length} events are left.`)
      return `${words.length} deleted; no table, file, log or parse has a word of them.`
    })
  },
  {
    id: "A30",
    title: "documents are deleted while they are at the provider, and afterwards",
    expected: "The running parse is cancelled, and the provider's copies are deleted, soon.",
    run: Effect.gen(function*() {
      const settings = { MOCK_LLAMAPARSE_DELAY: "1" }
      yield* fullStack({ settings })
      const { urls } = yield* World
      const api = yield* startApi({ settings: { ...(yield* hostedParser), ...settings } })
      const done = yield* send(api, aWord())
      yield* untilComplete(done)
      yield* play(urls.llamaparse, { llamaparse: [{ on: "job", delay: "10m" }] })
      const running = yield* send(api, aWord())
      yield* until(running, "at the parser", (row) => row.provider_job_id !== null)
      const before = yield* parsesAtTheProvider
      yield* must(before.length === 2, `The provider has ${before.length} parses before.`)
      yield* remove(api, done)
      yield* remove(api, running)
      const left = yield* parsesAtTheProvider.pipe(
        Effect.repeat({ until: (found) => found.length === 0, schedule: Schedule.spaced("500 millis"), times: 240 })
      )
      yield* must(left.length === 0, `The provider still has ${left.join(", ")}.`)
      return "One complete and one running: the provider has neither."
    })
  }
]
