/** embeddings_stored → complete: only with a receipt. */
import { Effect } from "effect"
import { JobQueue } from "../../../services/JobQueue.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import type { Outcome, Running, Stage } from "../Stage.ts"
import { WorkerIdentity } from "../WorkerIdentity.ts"

export const complete = {
  name: "complete",
  from: "embeddings_stored",
  deadline: stageDeadline.database,
  run: Effect.fnUntraced(function*({ job }: Running) {
    const queue = yield* JobQueue
    const { actor } = yield* WorkerIdentity
    yield* queue.complete(job, actor)
    const outcome: Outcome = { _tag: "moved", to: "complete" }
    return outcome
  })
} satisfies Stage<unknown>
