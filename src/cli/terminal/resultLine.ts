/** A document's final line: proof of success, or the failure with what was kept and paid. */
import type { Effect } from "effect"
import { JobView } from "../../api/jobs.ts"
import { isTerminal } from "../../domain/JobStatus.ts"
import { encoded } from "../encoded.ts"
import { count, dollars, span, tokens } from "./humanize.ts"
import { printable } from "./printable.ts"
import type { Style } from "./Style.ts"

export const resultLine = (name: string, job: JobView, style: Style, duplicate = false): string => {
  const known = duplicate ? "  known by its bytes" : ""
  if (job.status === "complete") return `${style.green("✓")} ${printable(name)}  ${completed(job)}${known}`
  if (isTerminal(job.status)) return `${style.red("✗")} ${printable(name)}  ${failed(job, style)}${known}`
  return `${style.cyan("●")} ${printable(name)}  ${job.status}  ${style.dim(`job ${job.job_id}`)}${known}`
}

const completed = (job: JobView): string => {
  const reused = job.vectors_reused === 0 ? [] : [`${count(job.vectors_reused)} vectors reused`]
  return [
    "complete",
    job.progress.embeds_done === 1 ? "1 chunk" : `${count(job.progress.embeds_done)} chunks`,
    tokens(job.tokens_paid),
    dollars(job.cost_usd),
    ...reused,
    ...took(job)
  ].join("  ")
}

/** `failed_embedding EMB_DIM_MISMATCH (permanent): … Kept: … Paid: $0. Next: …` */
export const failed = (job: JobView, style: Style): string => {
  const error = job.last_error
  if (error === null) return `${job.status} · see \`accessa jobs explain ${job.job_id}\``
  const kept = error.kept === "" ? "" : ` Kept: ${sentence(error.kept)}`
  return `${job.status} ${style.bold(error.code)} (${error.class}): ${sentence(error.message)}${kept} `
    + `Paid: ${dollars(job.cost_usd)}. Next: ${sentence(error.help)} `
    + style.dim(`(job ${job.job_id}, correlation id ${job.correlation_id})`)
}

const sentence = (text: string): string => {
  const clean = printable(text).trim()
  return /[.!?…]$/u.test(clean) ? clean : `${clean}.`
}

const took = ({ created_at, processing_completed_at }: JobView): ReadonlyArray<string> =>
  processing_completed_at === null
    ? []
    : [span(processing_completed_at.epochMilliseconds - created_at.epochMilliseconds)]

/** As the API gives it. */
export const encodeJob = (job: JobView): Effect.Effect<typeof JobView.Encoded> => encoded(JobView, job)
