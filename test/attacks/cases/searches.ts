/** Searches by a user with many vectors, and all expensive requests at once. */
import { Effect, Fiber, Ref, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { Agent } from "node:http"
import { anotherUser, startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must, untilComplete } from "../../faults/judge.ts"
import { billed } from "../../faults/mocks.ts"
import { World } from "../../faults/World.ts"
import { neighbour } from "../neighbour.ts"
import { openStreams } from "../openStreams.ts"
import { readPage } from "../readPage.ts"

const json = { "content-type": "application/json" }
type Api = Effect.Success<ReturnType<typeof startApi>>

/** A job and a document of a user. */
const ingestAs = Effect.fnUntraced(function*({ upload }: Api, as: string, text: string) {
  const answer = yield* upload("letter.md", text, { as })
  yield* must(answer.status === 202, `The upload was answered ${answer.status} ${answer.code}.`)
  const job = { job_id: String(answer.body["job_id"]), document_id: String(answer.body["document_id"]) }
  yield* untilComplete(job)
  return job
})

/** As if the document had been very long; removed when the case ends. */
const multiply = Effect.fnUntraced(function*({ document_id }: { readonly document_id: string }, times: number) {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.acquireRelease(
    sql`
      INSERT INTO document_chunk_buffer SELECT more.* FROM document_chunk_buffer c, generate_series(1, ${times}::int) n,
        LATERAL jsonb_populate_record(c, jsonb_build_object('chunk_id', gen_random_uuid(), 'chunk_ord', 1000 + n)) more
      WHERE c.document_id = ${document_id} AND c.chunk_ord = 0`,
    // A finalizer cannot fail, and leftover rows would affect the next check.
    () => Effect.orDie(sql`DELETE FROM document_chunk_buffer WHERE document_id = ${document_id} AND chunk_ord > 1000`)
  )
  yield* sql`
    INSERT INTO document_vector_buffer SELECT more.* FROM document_chunk_buffer c
    JOIN document_chunk_buffer first ON first.document_id = c.document_id AND first.chunk_ord = 0
    JOIN document_vector_buffer v ON v.chunk_id = first.chunk_id,
      LATERAL jsonb_populate_record(v, jsonb_build_object('chunk_id', c.chunk_id)) more
    WHERE c.document_id = ${document_id} AND c.chunk_ord > 1000`
  yield* sql`ANALYZE document_chunk_buffer, document_vector_buffer`
})

/** This many callers, each of which repeats its request as soon as it has an answer; counts the answers. */
const insist = Effect.fnUntraced(function*<A>(callers: number, call: Effect.Effect<A>) {
  const answers = yield* Ref.make<ReadonlyArray<A>>([])
  const one = call.pipe(
    Effect.tap((answer) => Ref.update(answers, (before) => [...before, answer])),
    Effect.delay("50 millis"),
    Effect.forever
  )
  yield* Effect.forEach(Array.from({ length: callers }), () => Effect.forkScoped(one), { discard: true })
  // Succeeds with the first answer.
  yield* Ref.get(answers).pipe(
    Effect.repeat({ schedule: Schedule.spaced("20 millis"), until: ({ length }) => length > 0 }),
    Effect.timeoutOption("20 seconds")
  )
  return Ref.get(answers)
})

const searching = (api: Api, as: string) =>
  api.ask("/api/v1/search", { method: "POST", headers: json, body: JSON.stringify({ query: "damage to a wall" }) }, as)

const tally = (answers: ReadonlyArray<{ readonly status: number }>): string => {
  const statuses = new Map<number, number>()
  for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  return [...statuses].map(([status, number]) => `${number} × ${status}`).join(", ")
}

/** A job that no worker claims for a while. */
const parkedJob = Effect.fnUntraced(function*({ upload }: Api, as: string) {
  const sql = yield* SqlClient.SqlClient
  const answer = yield* upload("doors.md", "# Doors\n\nDamage to a door is covered.", { as })
  const job_id = String(answer.body["job_id"])
  yield* untilComplete({ job_id })
  yield* sql`UPDATE upload_jobs SET status = 'uploaded', run_at = now() + interval '1 hour' WHERE job_id = ${job_id}`
  yield* Effect.addFinalizer(() =>
    Effect.orDie(sql`UPDATE upload_jobs SET status = 'complete', run_at = NULL WHERE job_id = ${job_id}`)
  )
  return job_id
})

/** With the embedded database one session serves all, so even two concurrent searches must be short. */
const manyVectors = Effect.map(World, ({ databaseUrl }) => databaseUrl === undefined ? 600 : 20_000)

export const cases: ReadonlyArray<Case> = [
  {
    id: "A6a",
    title: "one user with many vectors keeps 16 searches under way",
    expected:
      "Some are answered, the others are refused with a Retry-After before anything is bought; other users are not "
      + "affected.",
    minutes: 3,
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const api = yield* startApi({ worker: true })
      const attacker = yield* anotherUser
      yield* multiply(yield* ingestAs(api, attacker, "# Walls\n\nDamage to a wall is covered."), yield* manyVectors)
      const { job_id } = yield* ingestAs(api, api.key, "# Roofs\n\nDamage to a roof is covered.")
      const asked = new URL(`/api/v1/jobs/${job_id}`, urls.api)
      const { mustNotNotice } = yield* neighbour(asked, api.key)
      const before = (yield* billed(urls.openai)).requests
      const answers = yield* insist(16, searching(api, attacker))
      const felt = yield* mustNotNotice
      yield* ingestAs(api, api.key, "# Cellars\n\nDamage to a cellar is covered.")
      const seen = yield* answers
      yield* must(seen.some(({ status }) => status === 200), `No search was answered: ${tally(seen)}.`)
      const refused = seen.filter(({ status }) => status === 429)
      yield* must(
        refused.length > 0 && refused.every(({ headers }) => Number(headers.get("retry-after")) >= 1),
        `The answers were ${tally(seen)}.`
      )
      const bought = (yield* billed(urls.openai)).requests - before
      const most = seen.filter(({ status }) => status === 200).length + 20
      yield* must(bought <= most, `${bought} questions were bought for ${tally(seen)}.`)
      return `${tally(seen)}, ${bought} calls bought; ${felt}.`
    })
  },
  {
    id: "A6b",
    title: "one user sends 16 searches, 2,200 event streams and floods of documentation and quote requests, "
      + "all at once",
    expected: "Another user's requests are answered within 250 ms at p99, and another user's document is complete.",
    minutes: 4,
    run: Effect.gen(function*() {
      const { urls } = yield* World
      const api = yield* startApi({ worker: true })
      const attacker = yield* anotherUser
      const walls = yield* ingestAs(api, attacker, "# Walls\n\nDamage to a wall is covered.")
      // A stream of an ended job ends at once, so this job is parked.
      const waiting = yield* parkedJob(api, attacker)
      yield* multiply(walls, yield* manyVectors)
      const { job_id } = yield* ingestAs(api, api.key, "# Roofs\n\nDamage to a roof is covered.")
      const asked = new URL(`/api/v1/jobs/${job_id}`, urls.api)
      const { mustNotNotice } = yield* neighbour(asked, api.key)
      const searches = yield* insist(16, searching(api, attacker))
      const agent = yield* Effect.acquireRelease(
        Effect.sync(() => new Agent({ keepAlive: true, maxSockets: Infinity })),
        (each) => Effect.sync(() => each.destroy())
      )
      const pages = yield* insist(8, readPage(new URL("/docs", urls.api), agent, {}))
      const form = () => {
        const file = new FormData()
        file.append("file", new Blob(["x ".repeat(500_000)]), "long.md")
        return file
      }
      const quotes = yield* insist(
        4,
        Effect.suspend(() => api.ask("/api/v1/quotes", { method: "POST", body: form() }, attacker))
      )
      const events = new URL(`/api/v1/jobs/${waiting}/events`, urls.api)
      const streams = yield* Effect.forkScoped(openStreams(events, attacker, 2_200))
      const felt = yield* mustNotNotice
      yield* ingestAs(api, api.key, "# Cellars\n\nDamage to a cellar is covered.")
      const seen = yield* Effect.all({ searches, pages, quotes })
      const served = (yield* Fiber.join(streams)).filter((status) => status === 200).length
      const answered = Object.entries(seen).map(([name, answers]) => `${name} ${tally(answers)}`)
      return `${answered.join("; ")}; ${served} streams; ${felt}.`
    })
  }
]
