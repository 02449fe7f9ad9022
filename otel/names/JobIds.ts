/** The ids by which spans and log lines about a job are found. */
export interface JobIds {
  readonly jobId: string
  readonly documentId: string
  readonly userId: string
  readonly correlationId: string
}
