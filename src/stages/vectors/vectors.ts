/** chunks_stored → … → complete: every chunk has its vector, and the receipt proves it. */
import { Effect } from "effect"
import { JobQueue } from "../../../services/JobQueue.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import type { JobRun } from "../JobRun.ts"
import { moved, type Stage } from "../Stage.ts"
import { within } from "../within.ts"
import { WorkerIdentity } from "../WorkerIdentity.ts"
import { embed } from "./embed.ts"
import { plan } from "./plan.ts"

export const vectors = {
  name: "vectors",
  from: ["chunks_stored", "embedding_queued", "embedding_in_progress", "embeddings_stored"],
  needs: [],
  deadline: stageDeadline.vectors,
  run: Effect.fnUntraced(function*(run: JobRun) {
    const { status } = run.job
    // The plan is durable before anything is bought: the ledger accepts purchases in no other status.
    if (status === "chunks_stored" || status === "embedding_queued") {
      yield* run.checkpoint("embedding_in_progress", yield* plan(run))
    }
    if (status !== "embeddings_stored") yield* embed(run)
    yield* complete(run)
    return moved("complete")
  })
} satisfies Stage<unknown>

/** The receipt and the move are one statement. */
const complete = Effect.fnUntraced(function*({ job }: JobRun) {
  const queue = yield* JobQueue
  const { actor } = yield* WorkerIdentity
  yield* queue.complete(job, actor).pipe(within("The receipt", stageDeadline.database, undefined))
})
