/** chunking → chunks_stored: the text is cut, and the pieces are in the chunk buffer. */
import { Effect } from "effect"
import { Chunker } from "../../../services/Chunker.ts"
import { Chunks } from "../../../services/Chunks.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import type { MissingChunk } from "../../../services/Vectors.ts"
import { chunkers } from "../../chunking/chunkers.ts"
import { type Chunk, type ChunkerId, identify, type NextChunks } from "../../domain/Chunk.ts"
import type { DocumentId } from "../../domain/Ids.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import type { MoveFields } from "../../domain/Move.ts"
import { PermanentError } from "../../domain/ServiceError.ts"
import { stageDeadline } from "../../policy/deadlines.ts"
import { atOneGo, embeddingWindow } from "../../policy/limits.ts"
import { type Outcome, type Running, type Stage, startOf } from "../Stage.ts"
import { WorkerIdentity } from "../WorkerIdentity.ts"
import { textInParts, wholeText } from "./parsedText.ts"

export const chunk = {
  name: "chunk",
  from: "chunking",
  needs: ["storage"],
  deadline: stageDeadline.text,
  run: Effect.fnUntraced(function*(running: Running) {
    const { job, markdown } = running
    const chunks = yield* Chunks
    const { actor } = yield* WorkerIdentity
    const text = markdown ?? (yield* wholeText(job))
    const next = yield* text === undefined ? cutAway(job) : Effect.succeed(cutHere(job, text))
    const first = yield* next
    if (first.length === 0) {
      return yield* new PermanentError({ code: "NO_TEXT", message: "The text gave no chunk." })
    }
    const { from, set, through } = startOf(running)
    const missing: Array<MissingChunk> = []
    const stored = yield* chunks.store(job, keepWindow(first, next, missing), (count) => ({
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
  }, Effect.scoped)
} satisfies Stage<unknown>

const totals = (count: number): MoveFields => ({
  progress: { chunks_total: count, chunks_done: count, embeds_total: count, embeds_done: 0 }
})

/** Hands the chunks on, and keeps as many as one window of the embedding takes. */
const keepWindow = (first: ReadonlyArray<Chunk>, next: NextChunks, kept: Array<MissingChunk>): NextChunks => {
  let ahead: ReadonlyArray<Chunk> | undefined = first
  return Effect.suspend(() => ahead === undefined ? next : Effect.succeed(ahead)).pipe(
    Effect.tap((some) =>
      Effect.sync(() => {
        ahead = undefined
        kept.push(...some.slice(0, embeddingWindow - kept.length))
      })
    )
  )
}

const cutAway = Effect.fnUntraced(function*(job: ClaimedJob) {
  const chunker = yield* Chunker
  const storage = yield* ObjectStorage
  return yield* chunker.cut(job.document_id, job.chunks_version, textInParts(storage, job))
})

/** Lets others go on after a moment. */
const cutHere = ({ chunks_version, document_id }: ClaimedJob, text: string): NextChunks => {
  const pieces = cut(document_id, chunks_version, text)
  let state: "new" | "begun" | "ended" = "new"
  const take = () => {
    const some: Array<Chunk> = []
    const end = performance.now() + atOneGo.time
    state = "begun"
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
      some.push(next.value)
      // Never none but at the end, however late it is already.
      if (some.length === atOneGo.chunks || performance.now() > end) return some
    }
    state = "ended"
    return some
  }
  return Effect.suspend(() =>
    state === "ended"
      ? Effect.succeed([])
      : state === "new"
      ? Effect.succeed(take())
      : Effect.map(Effect.yieldNow, take)
  )
}

const cut = function*(document: DocumentId, chunker: ChunkerId, text: string): Generator<Chunk> {
  let ordinal = 0
  for (const piece of chunkers[chunker](text)) yield identify(document, chunker, ordinal++, piece)
}
