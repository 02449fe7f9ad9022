/** Runs one document from its current status to its end, stage after stage, without returning to the queue in between. */
import { Effect } from "effect"
import { jobAttributes, spanAttributes } from "../../otel/names/attributes.ts"
import { jobFields, withLogFields } from "../../otel/names/logFields.ts"
import { tracedIfRecorded } from "../../otel/shared.ts"
import { remoteSpan } from "../../otel/traceContext.ts"
import type { ClaimedJob } from "../domain/Job.ts"
import { type JobRun, startRun } from "./JobRun.ts"
import { parse } from "./parse/parse.ts"
import { runStage } from "./runStage.ts"
import type { Stage } from "./Stage.ts"
import { text } from "./text/text.ts"
import { EmbeddingBatches } from "./vectors/EmbeddingBatches.ts"
import { vectors } from "./vectors/vectors.ts"

type StageServices = Effect.Services<ReturnType<typeof parse.run | typeof text.run | typeof vectors.run>>
const stages: ReadonlyArray<Stage<StageServices>> = [parse, text, vectors]

const nextStage = ({ isHeld, job }: JobRun) => isHeld ? stages.find(({ from }) => from.includes(job.status)) : undefined

const runStages = Effect.fnUntraced(function*(job: ClaimedJob, onProgress?: Effect.Effect<void>) {
  const run = yield* startRun(job, onProgress)
  for (let stage = nextStage(run); stage !== undefined; stage = nextStage(run)) {
    yield* runStage(stage, run)
  }
})

/**
 * Ends when the job has ended, waits for something, or belongs to another worker. `onProgress` runs after each durable
 * step.
 */
export const runJob = (job: ClaimedJob, onProgress?: Effect.Effect<void>) =>
  Effect.flatMap(EmbeddingBatches, (batches) => batches.expecting(job.jobId, runStages(job, onProgress))).pipe(
    withLogFields(jobFields(job)),
    Effect.annotateSpans(jobAttributes(job)),
    tracedIfRecorded,
    Effect.withSpan("process upload_jobs", {
      kind: "consumer",
      attributes: {
        ...jobAttributes(job),
        ...spanAttributes({
          "messaging.system": "postgresql",
          "messaging.destination.name": "upload_jobs",
          "messaging.operation.name": "process",
          "messaging.operation.type": "process",
          "messaging.message.id": job.jobId,
          "messaging.message.conversation_id": job.correlationId
        })
      },
      // The upload's trace, so that one document is one trace from the request to the receipt.
      parent: remoteSpan(job.traceparent)
    })
  )
