/** chunks_stored → embedding_queued: what there is already is reused, and what is missing has a price. */
import { Effect } from "effect"
import { Embedder } from "../../services/Embedder.ts"
import { Vectors } from "../../services/Vectors.ts"
import { stageDeadline } from "../policy/deadlines.ts"
import { bytesPerToken, embeddingCost } from "../policy/limits.ts"
import { advance, type Running, type Stage } from "./Stage.ts"

export const planEmbedding = {
  name: "planEmbedding",
  from: "chunks_stored",
  deadline: stageDeadline.database,
  run: Effect.fnUntraced(function*({ job }: Running) {
    const { model } = yield* Embedder
    const vectors = yield* Vectors
    const { chunks, missingBytes, reused } = yield* vectors.reuse(job, model)
    const estimated_tokens = Math.ceil(missingBytes / bytesPerToken)
    return advance("embedding_queued", {
      embedding_plan: {
        chunks,
        reused,
        estimated_tokens,
        estimated_cost_usd: embeddingCost(model.model, estimated_tokens)
      }
    })
  })
} satisfies Stage<unknown>
