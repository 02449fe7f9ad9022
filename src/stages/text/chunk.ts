/** chunking → chunks_stored: the text is split, and its chunks are stored. */
import { Effect, Option } from "effect"
import { Chunker } from "../../../services/Chunker.ts"
import { Chunks } from "../../../services/Chunks.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import type { MissingChunk } from "../../../services/Vectors.ts"
import { chunkers } from "../../chunking/chunkers.ts"
import { type Chunk, identify, type NextChunks } from "../../domain/Chunk.ts"
import type { ClaimedJob } from "../../domain/Job.ts"
import { PermanentError } from "../../domain/ServiceError.ts"
import { atOneGo, embeddingWindow, isSmall } from "../../policy/limits.ts"
import type { JobRun } from "../JobRun.ts"
import { moved } from "../Stage.ts"
import { begin, missingOf, progressOf } from "./begin.ts"
import { textInParts } from "./parsedText.ts"

/** `markdown`: none if it is too long to be one string here. */
export const chunk = Effect.fn("text.chunk")(function*(run: JobRun, markdown: Option.Option<string>) {
  const { job } = run
  const chunks = yield* Chunks
  const next = yield* Option.match(markdown, {
    onNone: () => cutInThread(job),
    onSome: (text) => Effect.succeed(cutHere(job, text))
  })
  const isNew = job.fence === 1n && isSmall(job)
  const first = yield* isNew ? upToAWindow(next) : next
  if (first.length === 0) return yield* new PermanentError({ code: "NO_TEXT", message: "The text produced no chunks." })
  if (isNew && first.length < embeddingWindow) return yield* begin(run, first)
  const missing: Array<MissingChunk> = []
  const stored = yield* chunks.store(
    job,
    keepWindow(first, next, missing),
    (count) => run.moveTo("chunks_stored", { progress: progressOf(count) })
  )
  run.keepInMemory(stored < embeddingWindow ? { missing } : {})
  return moved("chunks_stored", { progress: progressOf(stored) })
}, Effect.scoped)

/** Less than a window only if there are no more. */
const upToAWindow = Effect.fnUntraced(function*(next: NextChunks) {
  const all: Array<Chunk> = []
  while (all.length < embeddingWindow) {
    const some = yield* next
    if (some.length === 0) break
    all.push(...some)
  }
  return all
})

/** Passes the chunks on, and keeps as many as fit in one embedding window. */
const keepWindow = (first: ReadonlyArray<Chunk>, next: NextChunks, kept: Array<MissingChunk>): NextChunks => {
  let ahead: ReadonlyArray<Chunk> | undefined = first
  return Effect.suspend(() => ahead === undefined ? next : Effect.succeed(ahead)).pipe(
    Effect.tap((some) =>
      Effect.sync(() => {
        ahead = undefined
        for (const chunk of some.slice(0, embeddingWindow - kept.length)) {
          kept.push(missingOf(chunk))
        }
      })
    )
  )
}

const cutInThread = Effect.fnUntraced(function*(job: ClaimedJob) {
  const chunker = yield* Chunker
  const storage = yield* ObjectStorage
  return yield* chunker.cut(job, textInParts(storage, job))
})

/** Yields to other fibers every few milliseconds. */
const cutHere = (job: ClaimedJob, text: string): NextChunks => {
  const pieces = cut(job, text)
  let state: "new" | "begun" | "ended" = "new"
  const take = () => {
    const some: Array<Chunk> = []
    const end = performance.now() + atOneGo.time
    state = "begun"
    for (let next = pieces.next(); next.done !== true; next = pieces.next()) {
      some.push(next.value)
      // At least one chunk per turn until the end, however long it takes.
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

const cut = function*({ chunksVersion, documentId, filename }: ClaimedJob, text: string): Generator<Chunk> {
  let ordinal = 0
  for (const piece of chunkers[chunksVersion](text, filename)) {
    yield identify(documentId, chunksVersion, ordinal++, piece)
  }
}
