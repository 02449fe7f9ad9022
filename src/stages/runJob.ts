/** One document from where it stands to its end, stage after stage, without going back to the queue between. */
import { Effect } from "effect"
import { remoteSpan } from "../../otel/traceContext.ts"
import type { Chunker } from "../../services/Chunker.ts"
import type { Chunks } from "../../services/Chunks.ts"
import type { DocumentParser } from "../../services/DocumentParser.ts"
import type { Documents } from "../../services/Documents.ts"
import type { Embedder } from "../../services/Embedder.ts"
import type { JobQueue } from "../../services/JobQueue.ts"
import type { ObjectStorage } from "../../services/ObjectStorage.ts"
import type { Vectors } from "../../services/Vectors.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import type { JobStatus } from "../domain/JobStatus.ts"
import { stageDeadline } from "../policy/deadlines.ts"
import type { CircuitBreakers } from "../purchases/CircuitBreakers.ts"
import { collectParse } from "./parse/collectParse.ts"
import { submitParse } from "./parse/submitParse.ts"
import { runStage } from "./runStage.ts"
import { advance, type Running, type Stage } from "./Stage.ts"
import { chunk } from "./text/chunk.ts"
import { validateParse } from "./text/validateParse.ts"
import { complete } from "./vectors/complete.ts"
import { embed } from "./vectors/embed.ts"
import type { EmbeddingBatches } from "./vectors/EmbeddingBatches.ts"
import { planEmbedding } from "./vectors/planEmbedding.ts"
import type { WorkerIdentity } from "./WorkerIdentity.ts"

type StageServices =
  | CircuitBreakers
  | Chunker
  | Chunks
  | DocumentParser
  | Documents
  | Embedder
  | EmbeddingBatches
  | JobQueue
  | ObjectStorage
  | WorkerIdentity
  | Vectors

/** For a job found where nothing is left to do but to begin: the stage before goes on through by itself. */
const begin = (name: string, from: JobStatus, to: JobStatus): Stage<never> => ({
  name,
  from,
  deadline: stageDeadline.database,
  run: () => Effect.succeed(advance(to))
})

const stages: ReadonlyArray<Stage<StageServices>> = [
  submitParse,
  collectParse,
  validateParse,
  begin("beginChunking", "parse_validated", "chunking"),
  chunk,
  planEmbedding,
  begin("beginEmbedding", "embedding_queued", "embedding_in_progress"),
  embed,
  complete
]
const stageFrom = new Map(stages.map((stage) => [stage.from, stage]))

/** Ends when the job has ended, waits for something, or is somebody else's. `onProgress` runs after each step that is durable. */
export const runJob = (job: ClaimedJob, onProgress: Effect.Effect<void> = Effect.void) =>
  Effect.gen(function*() {
    let running: Running | undefined = { job }
    while (running !== undefined) {
      const stage = stageFrom.get(running.job.status)
      if (stage === undefined) return
      running = yield* runStage(stage, running)
      if (running !== undefined && running.unwritten === undefined) yield* onProgress
    }
  }).pipe(
    Effect.annotateLogs({ job_id: job.job_id, correlation_id: job.correlation_id }),
    Effect.withSpan("worker.job", {
      kind: "consumer",
      attributes: { "correlation.id": job.correlation_id, "job.id": job.job_id },
      ...parentOf(job)
    })
  )

/** The upload's trace, so that one document is one trace from the request to the receipt. */
const parentOf = (job: ClaimedJob) => {
  if (job.traceparent === null) return {}
  const parent = remoteSpan(job.traceparent)
  return parent === undefined ? {} : { parent }
}
