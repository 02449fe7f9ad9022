/** What a document's owner does. */
import { Effect } from "effect"
import { Jobs } from "../../services/Jobs.ts"
import { JobId, localUserId } from "../../src/domain/Ids.ts"

const by = { actor: "judge", role: "user", reason: null, correlationId: null }

/** True if this call cancelled the job. */
export const cancel = Effect.fnUntraced(function*(job: { readonly job_id: string }) {
  const jobs = yield* Jobs
  const changed = yield* jobs.cancel(localUserId, JobId.make(job.job_id), by)
  return changed._tag === "Some" && changed.value.changed
})

export const retry = Effect.fnUntraced(function*(job: { readonly job_id: string }) {
  const jobs = yield* Jobs
  yield* jobs.retry(localUserId, JobId.make(job.job_id), by)
})
