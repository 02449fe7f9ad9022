/** A document's final line: proof of success, or the failure with what was kept and paid. */
import type { JobView } from "../../api/jobs.ts"
import { isTerminal } from "../../domain/JobStatus.ts"
import { endSentence } from "../../domain/text.ts"
import { count, dollars, span, tokens } from "./humanize.ts"
import { printable } from "./printable.ts"
import type { Style } from "./Style.ts"

export const resultLine = (name: string, job: JobView, style: Style, duplicate = false): string => {
  const known = duplicate ? "  already uploaded" : ""
  if (job.status === "complete" && job.warnings.length > 0) {
    const warnings = job.warnings.map((each) => `\n    ${style.yellow("!")} ${printable(each)}`).join("")
    return `${style.yellow("!")} ${printable(name)}  ${completed(job)}${known}  ${
      style.yellow("INCOMPLETE TEXT")
    }${warnings}`
  }
  if (job.status === "complete") return `${style.green("✓")} ${printable(name)}  ${completed(job)}${known}`
  if (isTerminal(job.status)) return `${style.red("✗")} ${printable(name)}  ${failed(job, style)}${known}`
  return `${style.cyan("●")} ${printable(name)}  ${job.status}  ${style.dim(`job ${job.jobId}`)}${known}`
}

const completed = (job: JobView): string => {
  const reused = job.vectorsReused === 0 ? [] : [`${count(job.vectorsReused)} vectors reused`]
  return [
    "complete",
    job.progress.embedsDone === 1 ? "1 chunk" : `${count(job.progress.embedsDone)} chunks`,
    tokens(job.tokensPaid),
    dollars(job.costUsd),
    ...reused,
    ...took(job)
  ].join("  ")
}

/** `failed_embedding EMB_DIM_MISMATCH (permanent): … Kept: … Paid: $0. Next: …` */
export const failed = (job: JobView, style: Style): string => {
  const error = job.lastError
  if (error === null) return `${job.status} · see \`accessa jobs explain ${job.jobId}\``
  const kept = error.kept === "" ? "" : ` Kept: ${sentence(error.kept)}`
  return `${job.status} ${style.bold(error.code)} (${error.class}): ${sentence(error.message)}${kept} `
    + `Paid: ${dollars(job.costUsd)}. Next: ${sentence(error.help)} `
    + style.dim(`(job ${job.jobId}, correlation id ${job.correlationId})`)
}

const sentence = (text: string): string => endSentence(printable(text).trim())

const took = ({ createdAt, processingCompletedAt }: JobView): ReadonlyArray<string> =>
  processingCompletedAt === null
    ? []
    : [span(processingCompletedAt.epochMilliseconds - createdAt.epochMilliseconds)]
