/** chunking → chunks_stored: the text is cut, and the pieces are in the chunk buffer. */
import { Effect } from "effect"
import { Chunks } from "../../services/Chunks.ts"
import type { MissingChunk } from "../../services/Vectors.ts"
import { chunkers } from "../chunking/chunkers.ts"
import { type Chunk, type ChunkerId, identify } from "../domain/Chunk.ts"
import type { DocumentId } from "../domain/Ids.ts"
import type { MoveFields } from "../domain/Move.ts"
import { PermanentError } from "../domain/StageError.ts"
import { stageDeadline } from "../policy/deadlines.ts"
import { embeddingWindow } from "../policy/limits.ts"
import { Pipeline } from "./Pipeline.ts"
import { readParsed } from "./readParsed.ts"
import { type Outcome, type Running, type Stage, startOf } from "./Stage.ts"

export const chunk = {
  name: "chunk",
  from: "chunking",
  needs: ["storage"],
  deadline: stageDeadline.text,
  run: Effect.fnUntraced(function*(running: Running) {
    const { job, markdown } = running
    const chunks = yield* Chunks
    const { actor } = yield* Pipeline
    const text = markdown ?? (yield* readParsed(job))
    const pieces = cut(job.document_id, job.chunks_version, text)
    const first = pieces.next()
    if (first.done === true) {
      return yield* new PermanentError({ code: "NO_TEXT", message: "The text gave no chunk." })
    }
    const { from, set, through } = startOf(running)
    const missing: Array<MissingChunk> = []
    const stored = yield* chunks.store(job, keepWindow(first.value, pieces, missing), (count) => ({
      job_id: job.job_id,
      fence: job.fence,
      from,
      through,
      to: "chunks_stored",
      type: "moved",
      actor,
      set: { ...set, ...totals(count) }
    }))
    const outcome: Outcome = {
      _tag: "moved",
      to: "chunks_stored",
      set: totals(stored),
      ...(stored < embeddingWindow ? { carried: { missing } } : {})
    }
    return outcome
  })
} satisfies Stage<unknown>

const totals = (count: number): MoveFields => ({
  progress: { chunks_total: count, chunks_done: count, embeds_total: count, embeds_done: 0 }
})

/** Hands the chunks on, and keeps as many as one window of the embedding takes. */
const keepWindow = function*(first: Chunk, rest: Iterable<Chunk>, kept: Array<MissingChunk>): Generator<Chunk> {
  kept.push(first)
  yield first
  for (const piece of rest) {
    if (kept.length < embeddingWindow) kept.push(piece)
    yield piece
  }
}

const cut = function*(document: DocumentId, chunker: ChunkerId, text: string): Generator<Chunk> {
  let ordinal = 0
  for (const piece of chunkers[chunker](text)) yield identify(document, chunker, ordinal++, piece)
}
