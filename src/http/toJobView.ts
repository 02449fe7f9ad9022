/** Adds to a job the links that only the API knows. */
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
