/** What became of a file that was to be ingested, and all of them together. */
import type { JobView } from "../api/JobView.ts"
import { isTerminal } from "../domain/JobStatus.ts"
import { type Failure, failureRecord } from "./Failure.ts"
import type { LocalFile } from "./LocalFile.ts"
import { count, dollars, tokens } from "./terminal/humanize.ts"
import type { Style } from "./terminal/Style.ts"

/** The job as it was last seen, and why it could not be had or followed. */
export interface Outcome {
  readonly file: LocalFile
  readonly job?: JobView
  /** The same bytes had been accepted before: the job is that one. */
  readonly duplicate?: boolean
  readonly failure?: Failure
}

export const isFailed = ({ failure, job }: Outcome): boolean =>
  failure !== undefined || (job !== undefined && isTerminal(job.status) && job.status !== "complete")

export const summarize = (
  outcomes: ReadonlyArray<Outcome>,
  options: { readonly files: number; readonly seconds: number; readonly style: Style }
): string => {
  const { files, seconds, style } = options
  const jobs = outcomes.flatMap(({ job }) => job === undefined ? [] : [job])
  const failed = outcomes.filter(isFailed).length
  const complete = jobs.filter(({ status }) => status === "complete").length
  const open = files - failed - complete
  const sum = (of: (job: JobView) => number) => jobs.reduce((total, job) => total + of(job), 0)
  return [
    style.green(`${count(complete)} complete`),
    failed === 0 ? "0 failed" : style.red(`${count(failed)} failed`),
    ...(open === 0 ? [] : [style.cyan(`${count(open)} under way`)]),
    tokens(sum((job) => job.tokens_paid)),
    dollars(sum((job) => job.cost_usd)),
    `${seconds.toFixed(1)} s`
  ].join(" · ")
}

/** The fields that every job has, so that one program reads both. */
export const refusedRecord = (name: string, failure: Failure, job: JobView | undefined) => ({
  job_id: job?.job_id ?? null,
  document_id: job?.document_id ?? null,
  filename: name,
  status: job?.status ?? "rejected",
  progress: job?.progress ?? null,
  error_code: failure.code,
  correlation_id: failure.correlationId ?? job?.correlation_id ?? null,
  ...failureRecord(failure)
})
