/** What one user may have stored or waiting. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { anotherUser, type Answer, startApi, storedFiles } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { count, must, untilCount } from "../../faults/judge.ts"
import { World } from "../../faults/World.ts"
import { neighbour } from "../neighbour.ts"

const json = { "content-type": "application/json" }

/** Each is 429 with this code and a time after which it may be retried. */
const mustBeRefused = (answers: ReadonlyArray<Answer>, code: string) => {
  const wrong = answers.find(({ code: found, headers, status }) =>
    status !== 429 || found !== code || !(Number(headers.get("retry-after")) >= 1)
  )
  return must(wrong === undefined, `It was answered ${wrong?.status} ${String(wrong?.code)}.`)
}

const apart = (answers: ReadonlyArray<Answer>) => ({
  taken: answers.filter(({ status }) => status < 300),
  refused: answers.filter(({ status }) => status >= 300)
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "A24a",
    title: "one user announces 30 uploads at once with a limit of 10, and completes none",
    expected: "10 are announced and the others refused; another user's are accepted; an upload that ends makes room.",
    minutes: 1,
    run: Effect.gen(function*() {
      const { ask } = yield* startApi({ settings: { OPEN_UPLOADS_PER_USER: "10" } })
      const attacker = yield* anotherUser
      const announce = (as?: string) =>
        ask("/api/v1/uploads", {
          method: "POST",
          headers: json,
          body: JSON.stringify({ filename: "a.md", bytes: 10 })
        }, as)
      const { refused, taken } = apart(
        yield* Effect.forEach(Array.from({ length: 30 }), () => announce(attacker), { concurrency: "unbounded" })
      )
      const rows = yield* count("SELECT count(*) FROM uploads WHERE state = 'open'")
      yield* must(taken.length === 10 && rows === 10, `${taken.length} were announced, ${rows} are open.`)
      yield* mustBeRefused(refused, "TOO_MANY_OPEN_UPLOADS")
      const theirs = yield* announce()
      yield* must(theirs.status === 201, `Another user was answered ${theirs.status}.`)
      const [first] = taken
      yield* Effect.promise(() =>
        fetch(String(first?.body["upload_url"]), {
          method: "PUT",
          headers: { "content-type": "text/markdown" },
          body: "# Ten byte"
        })
      )
      const sha256 = "0".repeat(64)
      const wrong = yield* ask(`/api/v1/uploads/${String(first?.body["document_id"])}/complete`, {
        method: "POST",
        headers: json,
        body: JSON.stringify({ sha256 })
      }, attacker)
      yield* must(wrong.status === 422, `The wrong checksum was answered ${wrong.status} ${String(wrong.code)}.`)
      const again = yield* announce(attacker)
      yield* must(again.status === 201, `With room for one more it was answered ${again.status} ${String(again.code)}.`)
      return `${taken.length} announced, ${refused.length} refused, and one more after one had ended.`
    })
  },
  {
    id: "A24b",
    title: "one user sends 30 files of 100 kB at once with a quota of 1 MB",
    expected: "10 are accepted and the others leave nothing; another user's is accepted; a delete makes room "
      + "for one.",
    minutes: 1,
    run: Effect.gen(function*() {
      const { ask, upload } = yield* startApi({ settings: { STORAGE_MB_PER_USER: "1" } })
      const attacker = yield* anotherUser
      const file = () => `# ${randomUUID()}\n\n`.padEnd(100_000, "word ")
      const send = () => upload("long.md", file(), { as: attacker })
      const { refused, taken } = apart(
        yield* Effect.forEach(Array.from({ length: 30 }), send, { concurrency: "unbounded" })
      )
      const files = yield* storedFiles
      yield* must(
        taken.length === 10 && files.length === 10,
        `${taken.length} were accepted, ${files.length} files are stored.`
      )
      yield* mustBeRefused(refused, "STORAGE_QUOTA_EXCEEDED")
      const announced = yield* ask("/api/v1/uploads", {
        method: "POST",
        headers: json,
        body: JSON.stringify({ filename: "a.md", bytes: 10 })
      }, attacker)
      yield* mustBeRefused([announced], "STORAGE_QUOTA_EXCEEDED")
      const theirs = yield* upload("short.md", "# Short")
      yield* must(theirs.status === 202, `Another user was answered ${theirs.status} ${String(theirs.code)}.`)
      const gone = yield* ask(
        `/api/v1/documents/${String(taken[0]?.body["document_id"])}`,
        { method: "DELETE" },
        attacker
      )
      yield* must(gone.status === 204, `The delete was answered ${gone.status}.`)
      const later = apart(yield* Effect.forEach([1, 2], send, { concurrency: "unbounded" }))
      yield* must(later.taken.length === 1, `With room for one more, ${later.taken.length} of two were accepted.`)
      return `${taken.length} taken, ${refused.length} refused, and one more after a delete.`
    })
  },
  {
    id: "A24c",
    title: "one user requests 100 quotes of 1 MB each at once",
    expected: "Most are refused with a Retry-After, none leaves anything behind, and other users are not affected.",
    minutes: 2,
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const { ask, key, upload } = yield* startApi()
      const attacker = yield* anotherUser
      const mine = (yield* upload("roofs.md", "# Roofs")).body["job_id"]
      const { mustNotNotice } = yield* neighbour(new URL(`/api/v1/jobs/${String(mine)}`, urls.api), key)
      const quote = Effect.suspend(() => {
        const body = new FormData()
        body.append("file", new Blob(["word ".repeat(200_000)]), "long.md")
        return ask("/api/v1/quotes", { method: "POST", body }, attacker)
      })
      const [answers, felt] = yield* Effect.all([
        Effect.forEach(Array.from({ length: 100 }), () => quote, { concurrency: 20 }),
        mustNotNotice
      ], { concurrency: 2 })
      const { refused, taken } = apart(answers)
      yield* must(
        taken.length > 0 && taken.length <= 62 &&
          refused.every(({ headers, status }) => status === 429 && Number(headers.get("retry-after")) >= 1),
        `${taken.length} of 100 quotes were made; ${felt}.`
      )
      const files = yield* storedFiles
      yield* must(files.length === 1, `${files.length} files are stored.`)
      return `${taken.length} made, ${refused.length} refused; ${felt}.`
    })
  },
  {
    id: "A24d",
    title: "a webhook whose receiver does not respond, with a limit of 3 waiting deliveries, 8 documents and "
      + "some tests",
    expected: "3 wait, the others are in its log as dead, and a further test is refused; all documents are complete.",
    minutes: 2,
    run: Effect.gen(function*() {
      const { freePort } = yield* World
      const sql = yield* SqlClient.SqlClient
      const { ask, upload } = yield* startApi({
        worker: true,
        settings: { DELIVERIES_WAITING: "3", EGRESS_ALLOW_PRIVATE: "true" }
      })
      const url = `http://127.0.0.1:${yield* freePort}/silent`
      const made = yield* ask("/api/v1/webhooks", { method: "POST", headers: json, body: JSON.stringify({ url }) })
      yield* must(made.status === 201, `The webhook was answered ${made.status} ${String(made.code)}.`)
      yield* Effect.forEach(
        Array.from({ length: 8 }),
        (_, n) => upload(`letter-${n}.md`, `# Letter ${n}\n\nThe policy covers water.`)
      )
      yield* untilCount(
        "complete documents",
        "SELECT count(*) FROM upload_jobs WHERE status = 'complete'",
        (complete) => complete === 8
      )
      const rows = yield* sql<{ readonly status: string; readonly last_error: string | null }>`
        SELECT status, last_error FROM webhook_deliveries`
      const waiting = rows.filter(({ status }) => status === "pending").length
      const dead = rows.filter(({ last_error, status }) => status === "dead" && last_error !== null).length
      yield* must(waiting === 3 && dead === 5, `${waiting} deliveries wait, ${dead} are dead with a reason.`)
      const path = `/api/v1/webhooks/${String(made.body["subscription_id"])}`
      const tried = yield* ask(`${path}/test`, { method: "POST" })
      yield* mustBeRefused([tried], "TOO_MANY_DELIVERIES")
      const log = yield* ask(`${path}/deliveries`)
      yield* must(log.text.split("\"dead\"").length === 6, "The log does not show the dead ones.")
      return `${waiting} wait, ${dead} are given up; a test was answered ${tried.status}.`
    })
  }
]
