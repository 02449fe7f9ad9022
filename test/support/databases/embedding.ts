/** Jobs at the embedding stage, with chunks that have no vectors. */
import { Effect } from "effect"
import { Chunks } from "../../../services/Chunks.ts"
import { identify } from "../../../src/domain/Chunk.ts"
import type { anUpload } from "../builders/jobInMemory.ts"
import { nextChunks } from "../builders/nextChunks.ts"
import { heldAt, moveTo } from "./stores.ts"

/** A claimed job with one chunk for each text. */
export const embedding = Effect.fnUntraced(
  function*(texts: ReadonlyArray<string>, fields: Parameters<typeof anUpload>[0] = {}) {
    const buffer = yield* Chunks
    const job = yield* heldAt("chunking", fields)
    const chunks = texts.map((text, ordinal) =>
      identify(job.documentId, job.chunksVersion, ordinal, { text, meta: { headings: [], start: 0, end: 1 } })
    )
    const { fence, jobId } = job
    yield* buffer.store(job, nextChunks(chunks), () => ({
      jobId,
      fence,
      from: "chunking",
      to: "chunks_stored",
      type: "moved",
      actor: "test",
      set: { progress: { chunksTotal: texts.length, embedsTotal: texts.length } }
    }))
    return yield* moveTo({ ...job, status: "chunks_stored" }, ["embedding_queued", "embedding_in_progress"])
  }
)
