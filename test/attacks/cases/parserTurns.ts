/** One user's long documents at the local parser. */
import { Effect } from "effect"
import { anotherUser, startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must, rowOf, untilComplete, untilCount } from "../../faults/judge.ts"
import { makePdf } from "../../support/builders/makePdf.ts"
import { accepted } from "../accepted.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "A11",
    title: "four scans of 12 pages, then another user's HTML page (PARSER=local)",
    expected: "The page is complete while at least two of the scans are still being parsed or waiting.",
    minutes: 4,
    run: Effect.gen(function*() {
      const { upload } = yield* startApi({ worker: true })
      const scan = [{ at: [304, 0, 0, 48, 60, 700] }] as const
      const scans = yield* Effect.forEach([1, 2, 3, 4], (n) => {
        const pages = Array.from({ length: 12 }, () => scan)
        return accepted(upload(`${n}.pdf`, makePdf([...pages, [{ text: `Scan ${n}`, x: 60, y: 700 }]])))
      })
      const held = "SELECT count(*) FROM upload_jobs WHERE fence > 0"
      yield* untilCount("scans that a worker has claimed", held, (taken) => taken === 4)
      const page = "<h1>News</h1><p>Short and to the point.</p>"
      const job = yield* accepted(upload("page.html", page, { as: yield* anotherUser }))
      yield* untilComplete(job, "3 minutes")
      const rows = yield* Effect.forEach(scans, rowOf)
      const left = rows.filter(({ status }) => status === "uploaded" || status === "parse_queued").length
      yield* must(left >= 2, `Only ${left} of 4 scans were not parsed yet when the page was complete.`)
      return `The page was complete while ${left} of 4 scans were not parsed yet.`
    })
  }
]
