/** Copies the vectors that the user already has for texts of the document. */
import { Effect } from "effect"
import { Vectors } from "../../../services/Vectors.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import type { Reuse } from "../../domain/Vector.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import { reuseWindow } from "../../policy/limits.ts"
import { within } from "../within.ts"
import { windowsOf } from "./windowsOf.ts"

export const reuse = Effect.fnUntraced(function*(job: ClaimedJob) {
  const vectors = yield* Vectors
  const parts = yield* Effect.forEach(
    windowsOf(job.progress.chunksTotal, reuseWindow),
    (after) =>
      vectors.reuse(job, after, reuseWindow).pipe(
        within("The search for vectors to reuse", stageDeadline.database, undefined)
      )
  )
  return parts.reduce(add)
})

const add = (some: Reuse, others: Reuse): Reuse => ({
  chunks: some.chunks + others.chunks,
  reused: some.reused + others.reused,
  missingBytes: some.missingBytes + others.missingBytes
})
