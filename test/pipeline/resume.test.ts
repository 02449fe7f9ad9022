/** A crash, or an older release, may leave a row in any status of the graph: a worker resumes there. */
import { assert, layer as suite } from "@effect/vitest"
import { Effect, Layer, References } from "effect"
import { SqlClient } from "effect/sql"
import type { Job } from "../../src/domain/Job.ts"
import { activeStatuses, type JobStatus, statuses } from "../../src/domain/JobStatus.ts"
import { asOwner } from "../support/databases/asOwner.ts"
import { databases } from "../support/databases/Databases.ts"
import { historyOf } from "../support/databases/records.ts"
import { stores, upload } from "../support/databases/stores.ts"
import { ended, hurry, rowsOf } from "./observe.ts"
import { receiptOf } from "./outcomes.ts"
import { vendorsInMemory } from "./vendorsInMemory.ts"
import { workerHere } from "./worker.ts"

const textOf = (word: string, sections: number): string =>
  Array.from(
    { length: sections },
    (_, n) => `## Part ${n} on ${word}\n\n${`What part ${n} says of ${word}. `.repeat(30)}`
  )
    .join("\n\n")

/** As if its worker had died right after it wrote this status: nothing later exists. */
const leaveAt = Effect.fnUntraced(function*({ documentId, jobId }: Job, status: JobStatus) {
  const sql = yield* SqlClient.SqlClient
  const isBefore = (later: JobStatus) => statuses.indexOf(status) < statuses.indexOf(later)
  yield* asOwner(Effect.gen(function*() {
    if (isBefore("embeddings_stored")) yield* sql`DELETE FROM document_vector_buffer WHERE document_id = ${documentId}`
    if (isBefore("chunks_stored")) yield* sql`DELETE FROM document_chunk_buffer WHERE document_id = ${documentId}`
    yield* sql`UPDATE upload_jobs SET status = ${status}, processing_completed_at = NULL, run_at = now() + interval '1 hour',
        embedding_plan = CASE WHEN ${isBefore("embedding_in_progress")} THEN NULL ELSE embedding_plan END,
        parsed_path = CASE WHEN ${isBefore("parsed")} THEN NULL ELSE parsed_path END,
        parsed_sha256 = CASE WHEN ${isBefore("parsed")} THEN NULL ELSE parsed_sha256 END,
        provider_job_id = CASE WHEN ${isBefore("parse_queued")} THEN NULL ELSE provider_job_id END
      WHERE job_id = ${jobId}`
  }))
})

/** A large one differs: it writes statuses that a small one passes. */
const kinds: ReadonlyArray<
  { readonly size: string; readonly sections: number; readonly statuses: ReadonlyArray<JobStatus> }
> = [
  { size: "small", sections: 3, statuses: activeStatuses },
  { size: "large", sections: 350, statuses: ["uploaded", "parsed", "chunking"] }
]

for (const { layer, name } of databases) {
  const all = workerHere.pipe(
    Layer.provideMerge(vendorsInMemory.pipe(Layer.provideMerge(stores), Layer.provideMerge(layer))),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  suite(all, { excludeTestServices: true, timeout: "1 minute" })(`a job on ${name}`, (it) => {
    for (const { sections, size, statuses } of kinds) {
      it.effect.each(statuses)(
        `of a ${size} document that was left at %s resumes and completes`,
        (status) =>
          Effect.gen(function*() {
            const job = yield* ended(yield* upload(textOf(`${size} ${status}`, sections)))
            assert.strictEqual(job.status, "complete")
            const line = yield* historyOf(job.jobId)
            yield* leaveAt(job, status)
            yield* hurry(job)
            const again = yield* ended(job)
            assert.strictEqual(again.status, "complete", again.lastError?.message)
            const rest = line.slice(line.findIndex((event) => event.startsWith(`${status} →`)))
            assert.deepStrictEqual((yield* historyOf(job.jobId)).slice(line.length), rest)
            assert.deepStrictEqual((yield* receiptOf(again)).failedChecks, [])
            const { chunks, vectors } = yield* rowsOf(again)
            assert.isAtLeast(chunks, sections)
            assert.strictEqual(vectors, chunks)
          })
      )
    }
  })
}
