/** Adds to a job what only the API knows: where to ask next. */
import type { JobView } from "../api/jobs.ts"
import type { Job } from "../domain/Job.ts"

export const toJobView = (job: Job): JobView => {
  const self = `/api/v1/jobs/${job.job_id}`
  const document = `/api/v1/documents/${job.document_id}`
  return {
    ...job,
    error_code: job.last_error?.code ?? null,
    links: {
      self,
      events: `${self}/events`,
      explain: `${self}/explain`,
      receipt: `${self}/receipt`,
      cancel: `${self}/cancel`,
      retry: `${self}/retry`,
      document,
      chunks: `${document}/chunks`
    }
  }
}
