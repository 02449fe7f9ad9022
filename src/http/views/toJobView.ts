/** Adds to a job the links that only the API knows. */
import { traceUrlOf } from "../../api/Correlation.ts"
import type { JobView } from "../../api/jobs.ts"
import type { Job } from "../../domain/Job.ts"

/** `traceUrl` is TRACE_URL_TEMPLATE. */
export const toJobView = (job: Job, traceUrl: string): JobView => {
  const self = `/api/v1/jobs/${job.jobId}`
  const document = `/api/v1/documents/${job.documentId}`
  return {
    ...job,
    warnings: job.parseReport?.warnings ?? [],
    errorCode: job.lastError?.code ?? null,
    traceUrl: job.traceId === null ? null : traceUrlOf(traceUrl, job.traceId),
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
