/** Attempts to change what was accepted. */
import { Deferred, Effect, Fiber, FileSystem, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { sha256 } from "../../../src/domain/hash.ts"
import { anotherUser, type Answer, startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must, untilComplete, untilEnded } from "../../faults/judge.ts"
import { embeddingStack, fullStack, hostedParser } from "../../faults/stack.ts"
import { World } from "../../faults/World.ts"
import { strays } from "../everywhere.ts"

const letter = (mark: string) => `# Letter ${mark}\n\nThe policy ${mark} covers water damage in the cellar.\n`
/** Longer than a single write. */
const long = (mark: string) =>
  Array.from({ length: 3_000 }, (_, n) => `Clause ${mark}-${n} covers damage number ${n} to the building ${mark}.`)
    .join("\n\n")
const jobOf = ({ body }: Answer) => ({ job_id: String(body["job_id"]), document_id: String(body["document_id"]) })

type Api = Effect.Success<ReturnType<typeof startApi>>

/** Concurrent uploads that all request the same id. */
const race = Effect.fnUntraced(function*(api: Api, texts: ReadonlyArray<string>, as?: string) {
  const fields = { document_id: randomUUID() }
  const more = as === undefined ? { fields } : { fields, as }
  return yield* Effect.forEach(
    texts,
    (text, n) => Effect.map(api.upload(`${n}.md`, text, more), (answer) => ({ answer, text })),
    { concurrency: "unbounded" }
  )
})

/** A PUT that has started to arrive, and ends on demand. */
const slowPut = Effect.fnUntraced(function*(api: Api, url: URL, start: string, rest: string) {
  const go = yield* Deferred.make<void>()
  const body = new ReadableStream<Uint8Array>({
    start: async (controller) => {
      controller.enqueue(Buffer.from(start))
      await Effect.runPromise(Deferred.await(go))
      controller.enqueue(Buffer.from(rest))
      controller.close()
    }
  })
  const request = { method: "PUT", body, duplex: "half" as const }
  const answer = yield* Effect.forkScoped(api.ask(`${url.pathname}${url.search}`, request, ""))
  return { answer, end: Deferred.succeed(go, undefined) }
})

/** A partial upload is in the storage. */
const drafts = Effect.gen(function*() {
  const { directory } = yield* World
  const fs = yield* FileSystem.FileSystem
  return yield* fs.readDirectory(`${directory}/storage/.incoming`)
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "A3",
    title: "one user races uploads of different lengths for one id, while another user's documents go to the "
      + "same parser",
    expected: "The other user's documents are complete within a minute, and the parser's circuit stays closed.",
    run: Effect.gen(function*() {
      yield* fullStack()
      const api = yield* startApi({ settings: yield* hostedParser })
      const as = yield* anotherUser
      const rounds = Array.from(
        { length: 12 },
        (_, round) =>
          race(api, Array.from({ length: 6 }, (_, n) => letter(`${round}-${n} ${"long ".repeat(n * 20)}`)), as)
      )
      yield* Effect.all(rounds, { concurrency: 4 })
      const sql = yield* SqlClient.SqlClient
      for (const n of [1, 2, 3]) {
        yield* untilComplete(jobOf(yield* api.upload(`mine-${n}.md`, letter(`mine ${n}`))), "60 seconds")
      }
      const out = yield* sql<{ readonly dependency: string }>`SELECT dependency FROM providers WHERE state <> 'closed'`
      yield* must(out.length === 0, `Out of service: ${out.map(({ dependency }) => dependency).join(", ")}.`)
      return "Three documents of another user are complete, and every circuit is closed."
    })
  },
  {
    id: "A4",
    title: "30 rounds of four concurrent uploads of equal length for one id",
    expected: "One of each four is accepted and completes with its own bytes, and no other file is left.",
    run: Effect.gen(function*() {
      const { directory } = yield* World
      const fs = yield* FileSystem.FileSystem
      const sql = yield* SqlClient.SqlClient
      const api = yield* startApi()
      const accepted: Array<{ readonly answer: Answer; readonly text: string }> = []
      for (let round = 10; round < 40; round++) {
        const answers = yield* race(api, ["a", "b", "c", "d"].map((mark) => letter(`${round}${mark}`)))
        const taken = answers.filter(({ answer }) => answer.status === 202)
        yield* must(taken.length === 1, `In one round ${taken.length} were accepted.`)
        accepted.push(...taken)
      }
      yield* embeddingStack()
      for (const { answer, text } of accepted) {
        const row = yield* untilEnded(jobOf(answer))
        yield* must(row.status === "complete", `An accepted document ended as ${row.status} (${row.code}).`)
        const [document] = yield* sql<{ readonly raw_path: string }>`
          SELECT raw_path FROM documents WHERE document_id = ${jobOf(answer).document_id}`
        const stored = yield* fs.readFileString(`${directory}/storage/${document?.raw_path}`)
        yield* must(stored === text, "An accepted document has another upload's file.")
      }
      const { files } = yield* strays
      yield* must(files.length === 0, `${files.length} files belong to no document: ${files[0]}.`)
      return `${accepted.length} accepted, all complete with their own bytes; ${
        3 * accepted.length
      } refused, no file of them.`
    })
  },
  {
    id: "A4b",
    title: "bytes sent to a signed address that start before the upload is completed and end after it",
    expected: "They are refused and nothing of them is left; the document has the bytes that were completed.",
    run: Effect.gen(function*() {
      const { directory } = yield* World
      const fs = yield* FileSystem.FileSystem
      const sql = yield* SqlClient.SqlClient
      const api = yield* startApi()
      // Longer than what is held in memory, so that its beginning is visible in the storage.
      const good = letter("good ").padEnd(400_000, "good text ")
      const bad = letter("bad ").padEnd(400_000, "evil text ")
      const headers = { "content-type": "application/json" }
      const post = (path: string, body: object) =>
        api.ask(path, { method: "POST", headers, body: JSON.stringify(body) })
      const announced = yield* post("/api/v1/uploads", { filename: "a.md", bytes: good.length })
      const url = new URL(String(announced.body["upload_url"]))
      const late = yield* slowPut(api, url, bad.slice(0, 300_000), bad.slice(300_000))
      yield* Effect.repeat(drafts, { until: (found) => found.length > 0, schedule: Schedule.spaced("20 millis") })
      const sent = yield* api.ask(`${url.pathname}${url.search}`, { method: "PUT", body: good }, "")
      yield* must(sent.status === 200, `The valid bytes were answered ${sent.status}.`)
      const completed = yield* post(`/api/v1/uploads/${announced.body["document_id"]}/complete`, {
        sha256: sha256(good)
      })
      yield* must(completed.status === 202, `The completion was answered ${completed.status}.`)
      yield* late.end
      const refused = yield* Fiber.join(late.answer)
      const [document] = yield* sql<{ readonly raw_path: string }>`SELECT raw_path FROM documents`
      const stored = yield* fs.readFileString(`${directory}/storage/${document?.raw_path}`)
      yield* must(stored === good, "The accepted file was replaced.")
      yield* must(refused.status === 409, `The late bytes were answered ${refused.status}.`)
      const { files } = yield* strays
      yield* must(files.length === 0, `They left a file: ${files[0]}.`)
      yield* embeddingStack()
      yield* untilComplete(jobOf(completed))
      return "409 for the late bytes; the document is complete with its own."
    })
  },
  {
    id: "A21",
    title: "the API is killed in the middle of uploads, three times",
    expected: "After the sweep there is no file without a row and no row without a file, and all accepted documents "
      + "are complete.",
    run: Effect.gen(function*() {
      const { directory } = yield* World
      const fs = yield* FileSystem.FileSystem
      const sql = yield* SqlClient.SqlClient
      for (let round = 0; round < 3; round++) {
        const api = yield* startApi()
        const uploads = yield* Effect.forkScoped(
          Effect.forEach(
            Array.from({ length: 60 }, (_, n) => n),
            (n) => Effect.exit(api.upload(`${n}.md`, n % 12 === 0 ? long(`${round}-${n}`) : letter(`${round}-${n}`))),
            { concurrency: 12 }
          )
        )
        yield* Effect.repeat(sql`SELECT FROM documents`, {
          until: (rows) => rows.length >= 10 * (round + 1),
          schedule: Schedule.spaced("5 millis")
        })
        yield* api.process.kill
        yield* Fiber.interrupt(uploads)
      }
      // As left by an upload that died after its file was complete, with everything dated two hours ago.
      const [owner] = yield* sql<{ readonly user_id: string }>`SELECT user_id FROM documents LIMIT 1`
      yield* fs.writeFileString(`${directory}/storage/raw/${owner?.user_id}/${randomUUID()}-${randomUUID()}.md`, "left")
      yield* fs.writeFileString(`${directory}/storage/raw/${owner?.user_id}/${randomUUID()}.md`, "left")
      const before = new Date(Date.now() - 2 * 3_600_000)
      for (const file of (yield* strays).files) yield* fs.utimes(`${directory}/storage/${file}`, before, before)
      yield* startApi({ worker: true })
      const clean = yield* strays.pipe(
        Effect.repeat({
          until: ({ files, rows }) => files.length + rows.length === 0,
          schedule: Schedule.spaced("500 millis"),
          times: 240
        })
      )
      yield* must(clean.rows.length === 0, `${clean.rows.length} rows name a missing file.`)
      yield* must(clean.files.length === 0, `${clean.files.length} files belong to no row: ${clean.files[0]}.`)
      const jobs = yield* sql<{ readonly job_id: string }>`SELECT job_id FROM upload_jobs`
      for (const job of jobs) yield* untilComplete(job)
      return `${jobs.length} accepted, all complete; every file has a row and every row its file.`
    })
  },
  {
    id: "A26",
    title: "an upload with an id that another user already has",
    expected: "It is accepted as if the id were free; each user sees their own document, and a delete affects "
      + "only one.",
    run: Effect.gen(function*() {
      const api = yield* startApi({ worker: true })
      const as = yield* anotherUser
      const fields = { document_id: randomUUID() }
      const mine = yield* api.upload("mine.md", letter("mine"), { fields })
      yield* must(mine.status === 202, `The first was answered ${mine.status}.`)
      yield* untilComplete(jobOf(mine))
      const theirs = yield* api.upload("theirs.md", letter("theirs"), { fields, as })
      yield* must(theirs.status === 202, `Another user's was answered ${theirs.status} ${theirs.code}.`)
      yield* untilComplete(jobOf(theirs))
      const path = `/api/v1/documents/${fields.document_id}`
      const chunks = (key?: string) => Effect.map(api.ask(`${path}/chunks`, {}, key), ({ text }) => text)
      const look = Effect.all([chunks(), chunks(as)])
      const [first, second] = yield* look
      yield* must(first.includes("mine") && !first.includes("theirs"), "The first user sees the second one's chunks.")
      yield* must(second.includes("theirs") && !second.includes("mine"), "The second user sees the first one's chunks.")
      const deleted = yield* api.ask(path, { method: "DELETE" })
      yield* must(deleted.status === 204, `The delete was answered ${deleted.status}.`)
      const [, left] = yield* look
      yield* must(left === second, "The delete removed something of the other user's.")
      return "Two documents with one id, one for each user."
    })
  },
  {
    id: "A28",
    title: "a document whose size exceeds 32 bits, among others",
    expected: "It is shown with its size, and only it fails; all other documents are accepted and completed.",
    run: Effect.gen(function*() {
      const sql = yield* SqlClient.SqlClient
      const api = yield* startApi({ settings: { MAX_UPLOAD_MB: "4000" } })
      const large = jobOf(yield* api.upload("large.md", letter("large")))
      // As if this many bytes had arrived: really sending them would only take time.
      yield* sql`UPDATE documents SET bytes = 2300000000 WHERE document_id = ${large.document_id}`
      const shown = yield* api.ask(`/api/v1/jobs/${large.job_id}`)
      yield* must(shown.status === 200 && shown.body["bytes"] === 2_300_000_000, `It was answered ${shown.status}.`)
      const list = yield* api.ask("/api/v1/jobs")
      yield* must(list.status === 200, `The list was answered ${list.status}.`)
      const as = yield* anotherUser
      const other = jobOf(yield* api.upload("other.md", letter("other"), { as }))
      yield* embeddingStack()
      yield* untilComplete(other)
      const { code, status } = yield* untilEnded(large)
      yield* must(code === "RAW_CORRUPT", `The large one ended as ${status} (${code}).`)
      return "Shown with 2,300,000,000 bytes; RAW_CORRUPT, because its file has fewer; the other user's is complete."
    })
  }
]
