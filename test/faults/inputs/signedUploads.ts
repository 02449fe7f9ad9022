/**
 * Uploads through a signed address that fail: never completed, with other bytes, or at an address that is not the sender's.
 */
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { sha256 } from "../../../src/domain/hash.ts"
import { DocumentId, localUserId } from "../../../src/domain/Ids.ts"
import { uploadUrl } from "../../../src/http/links/uploadUrl.ts"
import { anotherUser, type Answer, mustLeaveNothing, startApi, storedFiles } from "../api.ts"
import type { Case } from "../Case.ts"
import { count, eventually, must, untilComplete } from "../judge.ts"
import { embeddingStack } from "../stack.ts"
import { webhookSecret, World } from "../World.ts"

const text = (n: number) => `# Policy ${n}\n\nWater damage is covered up to ${n},000 dollars.\n`

type Ask = Effect.Success<ReturnType<typeof startApi>>["ask"]

const callers = (ask: Ask) => {
  const post = (path: string, body: unknown, as?: string) =>
    ask(path, { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }, as)
  return {
    announce: Effect.fnUntraced(function*(content: string, as?: string) {
      const { body, status } = yield* post("/api/v1/uploads", { filename: "policy.md", bytes: content.length }, as)
      yield* must(status === 201, `An announcement was answered ${status}.`)
      return { id: String(body["document_id"]), url: new URL(String(body["upload_url"])) }
    }),
    put: (url: URL, body: string) => ask(`${url.pathname}${url.search}`, { method: "PUT", body }, ""),
    complete: (id: string, content: string, as?: string) =>
      post(`/api/v1/uploads/${id}/complete`, { sha256: sha256(content) }, as)
  }
}

const mustBe = (what: string, answer: Answer, status: number, code?: string) =>
  must(
    answer.status === status && (code === undefined || answer.code === code),
    `${what} was answered ${answer.status} ${answer.code}.`
  )

/** As if this much time had passed. */
const pass = Effect.fnUntraced(function*(minutes: number) {
  const sql = yield* SqlClient.SqlClient
  const time = sql`${minutes} * interval '1 minute'`
  yield* sql`UPDATE uploads SET complete_by = complete_by - ${time}, url_until = url_until - ${time},
    sweep_at = sweep_at - ${time}`
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "B23a",
    title: "a signed upload that is never completed, and one with another hash",
    expected:
      "410 UPLOAD_EXPIRED, and the worker removes its file and its row; 422 CHECKSUM_MISMATCH, and nothing is left.",
    run: Effect.gen(function*() {
      const { ask } = yield* startApi()
      const { announce, complete, put } = callers(ask)
      const other = yield* announce(text(1))
      yield* mustBe("The file", yield* put(other.url, text(1)), 200)
      yield* mustLeaveNothing(yield* complete(other.id, text(2)), 422, "CHECKSUM_MISMATCH")
      yield* mustBe("What was refused", yield* complete(other.id, text(1)), 410, "UPLOAD_EXPIRED")

      const forgotten = yield* announce(text(3))
      yield* mustBe("The file", yield* put(forgotten.url, text(3)), 200)
      const files = yield* storedFiles
      yield* must(files.length === 1, `There are ${files.length} files before the sweep.`)
      yield* pass(56)
      yield* mustBe("A late completion", yield* complete(forgotten.id, text(3)), 410, "UPLOAD_EXPIRED")
      yield* embeddingStack()
      const left = Effect.all([storedFiles, count("SELECT count(*) FROM uploads")]).pipe(
        Effect.map(([found, rows]) => `${found.length} files, ${rows} rows`)
      )
      yield* eventually(left, (found) => found === "0 files, 0 rows", (found) => `The sweep left ${found}.`)
      const jobs = yield* count("SELECT count(*) FROM upload_jobs")
      yield* must(jobs === 0, `There are ${jobs} jobs.`)
      return "422 CHECKSUM_MISMATCH; 410, and the worker's sweep left no file and no row."
    })
  },
  {
    id: "B23b",
    title: "a forged or expired upload address, one of another document, and a body longer than announced",
    expected: "401, 410, 401 and 413, with nothing stored. The genuine one is accepted, completed once and "
      + "processed.",
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const { ask } = yield* startApi()
      const { announce, complete, put } = callers(ask)
      const as = yield* anotherUser
      const mine = yield* announce(text(1))
      const theirs = yield* announce(text(1), as)
      const now = Math.floor(Date.now() / 1000)
      const signed = (secret: string, expires: number) =>
        uploadUrl([Redacted.make(secret)], urls.api, {
          documentId: DocumentId.make(mine.id),
          userId: localUserId,
          expires,
          bytes: 1_000
        })
      const foreign = new URL(theirs.url)
      foreign.pathname = mine.url.pathname
      const longer = new URL(mine.url)
      longer.searchParams.set("bytes", "900000")
      for (const url of [signed("a guess", now + 60), foreign, longer]) {
        yield* mustLeaveNothing(yield* put(url, text(1)), 401, "BAD_SIGNATURE")
      }
      yield* mustLeaveNothing(yield* put(signed(webhookSecret, now - 1), text(1)), 410, "UPLOAD_EXPIRED")
      yield* mustLeaveNothing(yield* put(mine.url, `${text(1)} `), 413, "FILE_TOO_LARGE")
      const chunked = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(Buffer.from(`${text(1)} `))
          controller.close()
        }
      })
      const unmeasured = yield* ask(
        `${mine.url.pathname}${mine.url.search}`,
        { method: "PUT", body: chunked, duplex: "half" },
        ""
      )
      yield* mustLeaveNothing(unmeasured, 413, "FILE_TOO_LARGE")
      yield* mustLeaveNothing(yield* complete(mine.id, text(1)), 409, "UPLOAD_MISSING")
      yield* mustLeaveNothing(yield* complete(mine.id, text(1), as), 404, "UPLOAD_NOT_FOUND")
      yield* mustLeaveNothing(yield* complete(randomUUID(), text(1)), 404, "UPLOAD_NOT_FOUND")

      yield* mustBe("The genuine address", yield* put(mine.url, text(1)), 200)
      const answers = yield* Effect.all(Array.from({ length: 8 }, () => complete(mine.id, text(1))), {
        concurrency: "unbounded"
      })
      for (const answer of answers) yield* mustBe("A completion", answer, 202)
      const jobs = new Set(answers.map(({ body }) => body["job_id"]))
      const rows = yield* count("SELECT count(*) FROM upload_jobs")
      yield* must(jobs.size === 1 && rows === 1, `Eight completions gave ${jobs.size} jobs, ${rows} rows.`)
      yield* embeddingStack()
      yield* untilComplete({ job_id: String([...jobs][0]) })
      return "401, 410, 401, 413 with and without a length, nothing stored; then eight completions at once, one job, complete."
    })
  }
]
