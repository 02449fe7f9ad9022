/** Callbacks that arrive five times, too early, too late, in the wrong order, or forged. */
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { historyOf } from "../../support/databases/records.ts"
import type { Case } from "../Case.ts"
import { accept, smallText } from "../documents.ts"
import { count, must, rowOf, until, untilComplete, untilCount } from "../judge.ts"
import { play } from "../mocks.ts"
import { cancel } from "../owner.ts"
import { fullStack, hostedParser, proxiedDatabase } from "../stack.ts"
import { secretOf, send, traceOf } from "../Webhook.ts"
import { World } from "../World.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "F24",
    title: "the callback arrives five times at once",
    expected: "Five times 200, one receipt, one effect.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* fullStack({ api: true, settings: { MOCK_LLAMAPARSE_DELAY: "1" } })
      yield* play(urls.llamaparse, { llamaparse: [{ on: "webhook", times: 100, deliver: { times: 5 } }] })
      const job = yield* accept(smallText(seed))
      yield* untilComplete(job)
      const again = yield* Effect.all(
        Array.from({ length: 5 }, () => send(job, { eventId: "the same" })),
        { concurrency: "unbounded" }
      )
      yield* must(again.every((status) => status === 200), `They were answered ${again.join(", ")}.`)
      const receipts = yield* count(`SELECT count(*) FROM webhook_receipts WHERE event_id = 'the same'`)
      yield* must(receipts === 1, `There are ${receipts} receipts.`)
      const parsed = (yield* historyOf(job.job_id)).filter((step) => step.endsWith("→ parsed")).length
      yield* must(parsed === 1, `The document was parsed ${parsed} times.`)
      return "5 × 200, one receipt, parsed once."
    })
  },
  {
    id: "F25",
    title: "the callback arrives before our row records the submission of the parse",
    expected: "It is kept as a hint on the row: the job continues at once when it reaches parse_queued.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { seed, start, urls } = yield* World
      const { observe, settings } = yield* proxiedDatabase
      const hosted = { ...(yield* hostedParser), MOCK_LLAMAPARSE_DELAY: "0" }
      yield* start("mock-openai")
      yield* start("mock-llamaparse", hosted)
      yield* start("api", hosted)
      let release = () => {}
      const released = new Promise<void>((done) => {
        release = done
      })
      yield* observe({
        // The first move of the job is that to `parse_queued`.
        before: (statement) => statement.includes("provider_job_id = coalesce") ? released : undefined
      })
      yield* start("worker", { ...hosted, ...settings, WORKER_LEASE_SECONDS: "30" })
      const job = yield* accept(smallText(seed))
      yield* untilCount("callbacks", "SELECT count(*) FROM webhook_receipts", (receipts) => receipts > 0)
      const { status } = yield* rowOf(job)
      yield* must(status === "uploaded", `By then the job was ${status}.`)
      release()
      const { seconds } = yield* untilComplete(job)
      const calls = yield* Effect.promise(() =>
        fetch(new URL("/mock/state", urls.llamaparse)).then((answer) => answer.status)
      )
      yield* must(calls === 200, "The mock is gone.")
      return `The callback arrived while the row said uploaded; complete after ${seconds.toFixed(1)} s.`
    })
  },
  {
    id: "F26",
    title: "the callback arrives after a cancel, and after the job's end",
    expected: "It is recorded and changes nothing.",
    run: Effect.gen(function*() {
      const { seed, urls } = yield* World
      yield* fullStack({ api: true })
      const done = yield* accept(smallText(seed))
      yield* untilComplete(done)
      yield* play(urls.llamaparse, { llamaparse: [{ on: "job", delay: "1h" }] })
      const cancelled = yield* accept(smallText(seed, 1))
      yield* until(cancelled, "with the parser", ({ status }) => status === "parse_queued")
      yield* cancel(cancelled)
      const before = [yield* rowOf(done), yield* rowOf(cancelled)]
      const answers = [yield* send(done), yield* send(cancelled), yield* send(cancelled, { event: "parse.error" })]
      // Anything they woke up has run before this one.
      yield* untilComplete(yield* accept(smallText(seed, 2)))
      const after = [yield* rowOf(done), yield* rowOf(cancelled)]
      yield* must(answers.every((status) => status === 200), `They were answered ${answers.join(", ")}.`)
      yield* must(
        after.every(({ fence, status }, n) => status === before[n]?.status && fence === before[n]?.fence),
        `The jobs were ${before.map(({ status }) => status).join(", ")} and are ${
          after.map(({ status }) => status).join(", ")
        }.`
      )
      yield* must(after[1]?.code === "CANCELLED", `The cancelled job says ${after[1]?.code}.`)
      return "3 × 200, complete stays complete, cancelled stays cancelled."
    })
  },
  {
    id: "F27",
    title: "a callback for an error arrives before and after the one for success",
    expected: "The parser is polled and the callback is not trusted: the document is complete.",
    run: Effect.gen(function*() {
      const { seed } = yield* World
      yield* fullStack({ api: true, settings: { MOCK_LLAMAPARSE_DELAY: "8" } })
      const job = yield* accept(smallText(seed))
      yield* until(job, "with the parser", ({ status }) => status === "parse_queued")
      const early = [yield* send(job, { event: "parse.error" }), yield* send(job, { event: "parse.cancelled" })]
      yield* untilComplete(job)
      const late = yield* send(job, { event: "parse.error" })
      const { status } = yield* rowOf(job)
      yield* must(status === "complete", `The job is ${status}.`)
      yield* must(
        [...early, late].every((answer) => answer === 200),
        `They were answered ${early.join(", ")}, ${late}.`
      )
      return "Two wrong callbacks before and one after; complete nevertheless."
    })
  },
  {
    id: "F28",
    title: "callbacks with a wrong signature, a stale time, another job's secret, no signature, no job, or "
      + "sent twice",
    expected: "401, or 404 if there is no such job; nothing changes, a repeated one has no effect, and many of them "
      + "raise one alert.",
    run: Effect.gen(function*() {
      const { seed, start } = yield* World
      const sql = yield* SqlClient.SqlClient
      yield* start("api", yield* hostedParser)
      const job = yield* accept(smallText(seed))
      const other = yield* accept(smallText(seed, 1))
      yield* sql`UPDATE upload_jobs SET run_at = now() + interval '1 hour'`
      const before = [yield* traceOf(job), yield* traceOf(other)]
      const answers = {
        "wrong signature": yield* send(job, { secret: "wrong" }),
        "empty secret": yield* send(job, { secret: "" }),
        "another job's secret": yield* send(job, { secret: yield* secretOf(other) }),
        "no signature": yield* send(job, { signature: "" }),
        "half a signature": yield* send(job, { signature: "sha256=abc" }),
        "two days old": yield* send(job, { age: 172_800 }),
        "an address that was never issued": yield* send(job, { unsignedAddress: true })
      }
      const unknownJob = yield* send({ job_id: "00000000-0000-4000-8000-000000000000" }, { secret: "x" })
      const after = [yield* traceOf(job), yield* traceOf(other)]
      for (const [what, status] of Object.entries(answers)) yield* must(status === 401, `${what}: ${status}.`)
      yield* must(unknownJob === 404 || unknownJob === 401, `A job that does not exist: ${unknownJob}.`)
      yield* must(JSON.stringify(before) === JSON.stringify(after), `They changed ${JSON.stringify(after)}.`)
      const first = yield* send(job, { eventId: "again" })
      const recorded = yield* traceOf(job)
      const replayed = yield* send(job, { eventId: "again" })
      yield* must(first === 200 && replayed === 200, `A valid one was answered ${first}, its replay ${replayed}.`)
      yield* must(JSON.stringify(recorded) === JSON.stringify(yield* traceOf(job)), "The replay had an effect.")
      yield* Effect.forEach(Array.from({ length: 60 }), () => send(job, { secret: "wrong" }), { concurrency: 4 })
      const alerts = yield* sql<{ readonly count: number; readonly closed: boolean }>`
        SELECT count, closed_at IS NOT NULL AS closed FROM alerts WHERE code = 'CALLBACKS_REFUSED'`
      yield* must(
        alerts.length === 1 && alerts[0]?.count === 1 && !alerts[0].closed,
        `After 68 refusals there are the alerts ${JSON.stringify(alerts)}.`
      )
      return `7 × 401, ${unknownJob} for a job that does not exist, a replay without effect; one alert after 68 refusals.`
    })
  }
]
