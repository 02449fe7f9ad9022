/** Requests that are repeated with their Idempotency-Key. */
import { Effect } from "effect"
import { randomUUID } from "node:crypto"
import { startApi } from "../api.ts"
import type { Case } from "../Case.ts"
import { count, eventually, must } from "../judge.ts"
import { proxiedDatabase } from "../stack.ts"

const text = (n: number): string => `# Policy ${n}\n\nWater damage is covered in part ${n}.\n`

export const cases: ReadonlyArray<Case> = [
  {
    id: "B17",
    title: "the same Idempotency-Key is sent again, with another body, and while the first request is running",
    expected: "The same answer; 422; 409 or the same answer. One document.",
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      const headers = { "idempotency-key": randomUUID() }
      const one = yield* upload("a.md", text(1), { headers, fields: { force: "true" } })
      const again = yield* upload("a.md", text(1), { headers, fields: { force: "true" } })
      yield* must(
        again.status === one.status && again.text === one.text,
        `The repetition was answered ${again.status} ${again.code}.`
      )
      const other = yield* upload("a.md", text(2), { headers, fields: { force: "true" } })
      yield* must(other.status === 422, `Another body was answered ${other.status} ${other.code}.`)
      const racing = { headers: { "idempotency-key": randomUUID() }, fields: { force: "true" } }
      const race = yield* Effect.all(Array.from({ length: 6 }, () => upload("b.md", text(3), racing)), {
        concurrency: "unbounded"
      })
      const statuses = race.map(({ status }) => status)
      yield* must(
        statuses.every((status) => status === 202 || status === 409),
        `A race was answered ${statuses.join(", ")}.`
      )
      const documents = yield* count("SELECT count(*) FROM documents")
      yield* must(documents === 2, `There are ${documents} documents.`)
      return `Replayed, 422, and ${
        statuses.filter((status) => status === 409).length
      } × 409 in a race of six; two documents in all.`
    })
  },
  {
    id: "B17a",
    title: "the API is killed after the document is written and before it answers, and the upload is repeated",
    expected: "202 with the existing job, also with an id chosen by the caller. One document each.",
    needs: ["postgres"],
    run: Effect.gen(function*() {
      const { observe, settings } = yield* proxiedDatabase
      const chosen = randomUUID()
      for (const fields of [{ force: "true" }, { force: "true", document_id: chosen }]) {
        const before = yield* count("SELECT count(*) FROM documents")
        const sent = { headers: { "idempotency-key": randomUUID() }, fields }
        const { process, upload } = yield* startApi({ settings })
        let written = false
        let killed = false
        yield* observe({
          after: (statement) => {
            written ||= statement.includes("INSERT INTO documents")
            if (!written || killed || !statement.includes("COMMIT")) return
            killed = true
            Effect.runFork(process.kill)
            return new Promise<void>(() => {})
          }
        })
        yield* Effect.exit(upload("a.md", text(before), sent))
        yield* must(killed, "The API was not killed between the commit and its answer.")
        yield* observe({})
        const revived = yield* startApi({ settings })
        const again = yield* eventually(
          revived.upload("a.md", text(before), sent),
          ({ status }) => status !== 409,
          () => "It is still being processed."
        )
        yield* must(again.status === 202, `The repetition was answered ${again.status} ${again.code}.`)
        const documents = (yield* count("SELECT count(*) FROM documents")) - before
        yield* must(documents === 1, `${documents} documents were created.`)
        yield* revived.process.kill
      }
      return "Killed twice after the commit, twice 202 with the existing job; two documents in total."
    })
  }
]
