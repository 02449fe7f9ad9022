/** chunks_stored → embedding_queued → embedding_in_progress: what there is already is reused, and what is missing has a price. */
import { Effect } from "effect"
import { Embedder } from "../../../services/Embedder.ts"
import { Vectors } from "../../../services/Vectors.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import { bytesPerToken, embeddingCost } from "../../policy/limits.ts"
import type { Outcome, Running, Stage } from "../Stage.ts"

export const planEmbedding = {
  name: "planEmbedding",
  from: "chunks_stored",
  deadline: stageDeadline.database,
  run: Effect.fnUntraced(function*({ job, missing }: Running) {
    const { model } = yield* Embedder
    const vectors = yield* Vectors
    const { chunks, missingBytes, reused } = yield* vectors.reuse(job, model)
    const estimated_tokens = Math.ceil(missingBytes / bytesPerToken)
    const outcome: Outcome = {
      _tag: "advance",
      through: ["embedding_queued"],
      to: "embedding_in_progress",
      set: {
        embedding_plan: {
          chunks,
          reused,
          estimated_tokens,
          estimated_cost_usd: embeddingCost(model.model, estimated_tokens)
        }
      },
      // The chunks in hand are the missing ones only if none of them has been found.
      ...(missing === undefined || reused > 0 || missing.length !== chunks ? {} : { carried: { missing } })
    }
    return outcome
  })
} satisfies Stage<unknown>
