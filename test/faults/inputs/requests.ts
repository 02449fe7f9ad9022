/** Requests that no client of ours would send. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { anotherUser, type Answer, startApi } from "../api.ts"
import type { Case } from "../Case.ts"
import { must } from "../judge.ts"

const mustBeProblem = Effect.fnUntraced(function*(what: string, answer: Answer, statuses: ReadonlyArray<number>) {
  yield* must(statuses.includes(answer.status), `${what} was answered ${answer.status} ${answer.code}.`)
  yield* must(
    answer.headers.get("content-type")?.startsWith("application/problem+json") === true &&
      answer.body["correlation_id"] === answer.headers.get("x-correlation-id"),
    `${what} was answered without a problem: ${answer.text.slice(0, 100)}`
  )
})

export const cases: ReadonlyArray<Case> = [
  {
    id: "B18",
    title: "JSON that is broken, has wrong types, 10,000 levels, duplicate keys, or __proto__",
    expected: "400 with a pointer to the wrong value; prototypes are unchanged.",
    run: Effect.gen(function*() {
      const { ask } = yield* startApi()
      const headers = { "content-type": "application/json" }
      const search = (body: string) => ask("/api/v1/search", { method: "POST", headers, body })
      const bodies = [
        "{",
        "",
        "null",
        "[]",
        "\"text\"",
        `{"query":7}`,
        `{"query":"a","limit":"many"}`,
        `{"query":"a","limit":0.5}`,
        `{"__proto__":{"query":"a"}}`,
        `${"[".repeat(10_000)}${"]".repeat(10_000)}`,
        `{"query":${"{\"a\":".repeat(10_000)}1${"}".repeat(10_000)}}`
      ]
      for (const body of bodies) yield* mustBeProblem(body.slice(0, 40), yield* search(body), [400])
      const wrong = yield* search(`{"query":7}`)
      yield* must(wrong.text.includes("/payload/query"), "The problem does not point to the value.")
      const health = yield* ask("/health")
      yield* must(health.status === 200 && !health.text.includes("polluted"), "The server is not healthy.")
      return `${bodies.length} × 400.`
    })
  },
  {
    id: "B19",
    title: "malformed ids, and ids of another tenant",
    expected: "400; 404, the same as for an id that does not exist.",
    run: Effect.gen(function*() {
      const { ask, upload } = yield* startApi()
      const as = yield* anotherUser
      const mine = yield* upload("a.md", "# Policy\n\nWater damage is covered.\n")
      const routes: ReadonlyArray<readonly [method: string, path: (job: unknown, document: unknown) => string]> = [
        ["GET", (job) => `/api/v1/jobs/${job}`],
        ["GET", (job) => `/api/v1/jobs/${job}/events`],
        ["GET", (job) => `/api/v1/jobs/${job}/explain`],
        ["GET", (job) => `/api/v1/jobs/${job}/receipt`],
        ["POST", (job) => `/api/v1/jobs/${job}/retry`],
        ["POST", (job) => `/api/v1/jobs/${job}/cancel`],
        ["GET", (_, document) => `/api/v1/documents/${document}`],
        ["GET", (_, document) => `/api/v1/documents/${document}/chunks`],
        ["DELETE", (_, document) => `/api/v1/documents/${document}`]
      ]
      for (const [method, path] of routes) {
        yield* mustBeProblem("no id", yield* ask(path("no-id", "no-id"), { method }), [400])
        const foreign = yield* ask(path(mine.body["job_id"], mine.body["document_id"]), { method }, as)
        const unknown = yield* ask(path(randomUUID(), randomUUID()), { method }, as)
        yield* mustBeProblem(`another's, ${method} ${path("", "")}`, foreign, [404])
        yield* must(
          foreign.code === unknown.code,
          `${foreign.code} distinguishes another tenant's from ${unknown.code}.`
        )
      }
      const still = yield* ask(`/api/v1/jobs/${mine.body["job_id"]}`)
      yield* must(still.body["status"] === "uploaded", `The job is ${String(still.body["status"])} now.`)
      return `${routes.length} routes: 400 for a malformed id, 404 for another tenant's.`
    })
  },
  {
    id: "B20",
    title: "limits of 0, −1, a billion and NaN; forged cursors and those of another tenant",
    expected: "400; a forged cursor reveals nothing.",
    run: Effect.gen(function*() {
      const { ask } = yield* startApi()
      for (const limit of ["0", "-1", "1000000000", "NaN", "Infinity", "1e9", "0.5", "", "1 OR 1=1"]) {
        yield* mustBeProblem(`limit=${limit}`, yield* ask(`/api/v1/jobs?limit=${encodeURIComponent(limit)}`), [400])
      }
      const forged = [
        "x",
        "%00",
        Buffer.from("' OR 1=1 --").toString("base64url"),
        Buffer.from("-1").toString("base64url")
      ]
      for (const cursor of forged) {
        yield* mustBeProblem(`cursor=${cursor}`, yield* ask(`/api/v1/jobs?cursor=${cursor}`), [400])
      }
      const elsewhere = yield* ask(`/api/v1/jobs?cursor=${Buffer.from(randomUUID()).toString("base64url")}`)
      yield* must(elsewhere.status === 200 || elsewhere.status === 400, `It was answered ${elsewhere.status}.`)
      return "400 for every one."
    })
  },
  {
    id: "B21",
    title: "64 KB of headers, and 100 MB of JSON where a sentence is expected",
    expected: "431; 413 while it arrives.",
    run: Effect.gen(function*() {
      const { ask, process } = yield* startApi()
      yield* mustBeProblem("headers", yield* ask("/health", { headers: { "x-bomb": "x".repeat(65_536) } }), [431])
      let sent = 0
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (sent++ < 100) controller.enqueue(Buffer.alloc(1_000_000, " "))
          else controller.close()
        }
      })
      const headers = { "content-type": "application/json" }
      const answer = yield* ask("/api/v1/search", { method: "POST", headers, body, duplex: "half" })
      yield* mustBeProblem("100 MB", answer, [413])
      yield* must(sent < 100, "All of it was read.")
      yield* must(process.pid > 0 && (yield* ask("/health")).status === 200, "The server is gone.")
      return `431; 413 after ${sent} of 100 MB.`
    })
  }
]
