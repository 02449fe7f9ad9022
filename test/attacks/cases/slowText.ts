/** Text that is cheap to send and expensive to read. */
import { Clock, Effect } from "effect"
import { anotherUser, startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must, untilComplete, untilEnded } from "../../faults/judge.ts"
import { embeddingStack } from "../../faults/stack.ts"
import { historyOf } from "../../support/databases/records.ts"
import { accepted } from "../accepted.ts"

const many = `${"<!---->".repeat(31)}x`

export const cases: ReadonlyArray<Case> = [
  {
    id: "A1",
    title: "a file of 218 bytes that looks like HTML with 31 comments, uploaded and quoted",
    expected: "It is answered within a second, and so are other users' requests.",
    minutes: 1,
    run: Effect.gen(function*() {
      const { ask, upload } = yield* startApi()
      const start = yield* Clock.currentTimeMillis
      const answer = yield* upload("file", many).pipe(
        Effect.timeoutOption("10 seconds")
      )
      yield* must(answer._tag === "Some", "The upload was not answered within 10 s.")
      const ms = (yield* Clock.currentTimeMillis) - start
      yield* must(ms < 1_000, `The upload was answered after ${ms} ms.`)
      const form = new FormData()
      form.append("file", new Blob([many]), "file")
      const quote = yield* ask("/api/v1/quotes", { method: "POST", body: form }).pipe(
        Effect.timeoutOption("10 seconds")
      )
      yield* must(quote._tag === "Some" && quote.value.status === 200, "The quote was not answered within 10 s.")
      return `Answered after ${ms} ms.`
    })
  },
  {
    id: "A1a",
    title: "twenty texts of 128 KB with 64,000 combining marks on one letter, in descending order",
    expected: "No other user's document waits for them, and the worker keeps its leases.",
    minutes: 3,
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      const other = yield* anotherUser
      for (let n = 0; n < 20; n++) yield* accepted(upload(`${n}.txt`, `${n}${"\u0323\u0301".repeat(32_000)}`))
      const job = yield* accepted(upload("letter.txt", "The policy covers water damage.", { as: other }))
      yield* embeddingStack()
      yield* untilComplete(job, "20 seconds")
      const history = yield* historyOf(job.job_id)
      yield* must(!history.some((step) => step.includes("crashed")), `The worker lost the job: ${history.join(", ")}.`)
      return "The other document was completed by the worker that claimed it."
    })
  },
  {
    id: "A23",
    title: "an HTML page with 400,000 no-break spaces in a row",
    expected: "It is parsed quickly, and no other user's page waits for it.",
    minutes: 3,
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      const other = yield* anotherUser
      yield* embeddingStack()
      const spaces = yield* accepted(upload("spaces.html", `<p>Words${"\u00a0".repeat(400_000)}and more`))
      const job = yield* accepted(upload("page.html", "<h1>News</h1><p>Short and to the point.", { as: other }))
      yield* untilComplete(job, "20 seconds")
      const { code, status } = yield* untilEnded(spaces, "20 seconds")
      yield* must(status === "complete", `The page of spaces ended as ${status} (${code}).`)
      return "Both are complete."
    })
  }
]
