/** Text that is cheap to send and dear to read. */
import { Clock, Effect } from "effect"
import { startApi } from "../../faults/api.ts"
import type { Case } from "../../faults/Case.ts"
import { must } from "../../faults/judge.ts"

export const cases: ReadonlyArray<Case> = [
  {
    id: "A1",
    title: "a file of 218 bytes that looks like HTML with 31 comments",
    expected: "It is answered within a second, and so is everybody else.",
    fast: true,
    minutes: 1,
    run: Effect.gen(function*() {
      const { upload } = yield* startApi()
      const start = yield* Clock.currentTimeMillis
      const answer = yield* upload("file", `${"<!---->".repeat(31)}x`).pipe(
        Effect.timeoutOption("10 seconds")
      )
      yield* must(answer._tag === "Some", "The upload was not answered within 10 s.")
      const ms = (yield* Clock.currentTimeMillis) - start
      yield* must(ms < 1_000, `The upload was answered after ${ms} ms.`)
      return `Answered after ${ms} ms.`
    })
  }
]
