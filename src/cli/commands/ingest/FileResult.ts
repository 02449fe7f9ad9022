/** The result of ingesting one file, and the summary of all. */
import type { JobView } from "../../../api/jobs.ts"
import { isTerminal } from "../../../domain/JobStatus.ts"
import { type CommandFailure, failureRecord } from "../../CommandFailure.ts"
import { count, dollars, tokens } from "../../terminal/humanize.ts"
import type { Style } from "../../terminal/Style.ts"
import type { LocalFile } from "./LocalFile.ts"

/** The job's last known state, and why it could not be fetched or followed. */
export interface FileResult {
  readonly file: LocalFile
  readonly job?: JobView
  /** The same bytes had been accepted before: this is the existing job. */
  readonly duplicate?: boolean
  readonly failure?: CommandFailure
}

/** Every other file would meet the same: a thousand refused keys look like an attack, and a hanging API takes minutes for each. */
export const concernsAll = ({ code, exit }: CommandFailure): boolean =>
  exit === "auth" || code === "API_UNREACHABLE" || code === "API_SILENT"

export const isUnsent = ({ failure, job }: FileResult): boolean =>
  job === undefined && failure !== undefined && concernsAll(failure)

export const isFailed = (result: FileResult): boolean =>
  !isUnsent(result) && (result.failure !== undefined || (isEnded(result) && result.job?.status !== "complete"))

const isEnded = ({ job }: FileResult): boolean => job !== undefined && isTerminal(job.status)

export const summarize = (
  results: ReadonlyArray<FileResult>,
  /** `watched`: jobs whose end had not been seen. */
  options: { readonly files: number; readonly watched: number; readonly seconds: number; readonly style: Style }
): string => {
  const { files, seconds, style, watched } = options
  const jobs = results.flatMap(({ job }) => job === undefined ? [] : [job])
  const failed = results.filter(isFailed).length
  const complete = jobs.filter(({ status }) => status === "complete").length
  const open = watched + results.filter((result) => result.failure === undefined && !isEnded(result)).length
  const unsent = files - complete - failed - open
  const sum = (of: (job: JobView) => number) => jobs.reduce((total, job) => total + of(job), 0)
  return [
    style.green(`${count(complete)} complete`),
    failed === 0 ? "0 failed" : style.red(`${count(failed)} failed`),
    ...(open === 0 ? [] : [style.cyan(`${count(open)} under way`)]),
    ...(unsent === 0 ? [] : [style.red(`${count(unsent)} not sent`)]),
    tokens(sum((job) => job.tokensPaid)),
    dollars(sum((job) => job.costUsd)),
    `${seconds.toFixed(1)} s`
  ].join(" · ")
}

/** The fields that every job has, so that programs can read both alike. */
export const refusedRecord = (name: string, failure: CommandFailure, job: JobView | undefined) => ({
  job_id: job?.jobId ?? null,
  document_id: job?.documentId ?? null,
  filename: name,
  status: job?.status ?? "rejected",
  progress: job?.progress ?? null,
  error_code: failure.code,
  correlation_id: failure.correlationId ?? job?.correlationId ?? null,
  ...failureRecord(failure)
})
