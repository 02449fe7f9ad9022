/** Adds to a job the links that only the API knows. */
import type { JobView } from "../../api/jobs.ts"
import type { Job } from "../../domain/Job.ts"

export const toJobView = (job: Job): JobView => {
  const self = `/api/v1/jobs/${job.jobId}`
  const document = `/api/v1/documents/${job.documentId}`
  return {
    ...job,
    errorCode: job.lastError?.code ?? null,
    links: {
      self,
      events: `${self}/events`,
      explain: `${self}/explain`,
      receipt: `${self}/receipt`,
      logs: `${self}/logs`,
      cancel: `${self}/cancel`,
      retry: `${self}/retry`,
      document,
      chunks: `${document}/chunks`
    }
  }
}
