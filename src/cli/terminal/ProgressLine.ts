/** A document in progress as one line: status, progress, cost and remaining time. Narrow terminals show less. */
import { CliOutput } from "effect/cli"
import type { JobView } from "../../api/jobs.ts"
import type { JobStatus } from "../../domain/JobStatus.ts"
import { fit, truncate } from "./fit.ts"
import { count, dollars, span, tokens } from "./humanize.ts"
import { printable } from "./printable.ts"
import type { Style } from "./Style.ts"

export interface DocumentProgress {
  readonly name: string
  /** Absent while the file is being sent. */
  readonly job?: JobView
  /** When vectors were first seen, in milliseconds, and how many there were. */
  readonly embedding?: { readonly since: number; readonly done: number }
}

export const started = (name: string): DocumentProgress => ({ name })

/** The line after another read of the job. */
export const observe = (before: DocumentProgress, job: JobView, now: number): DocumentProgress => ({
  ...before,
  job,
  ...(job.status === "embedding_in_progress" && before.embedding === undefined
    ? { embedding: { since: now, done: job.progress.embedsDone } }
    : {})
})

const stages: Readonly<Record<JobStatus, string>> = {
  uploaded: "waiting",
  parse_queued: "parsing",
  parsed: "parsed",
  parse_validated: "validated",
  chunking: "chunking",
  chunks_stored: "chunked",
  embedding_queued: "embedding",
  embedding_in_progress: "embedding",
  embeddings_stored: "proving",
  complete: "complete",
  failed_parse: "failed",
  failed_chunking: "failed",
  failed_embedding: "failed"
}

/** The stage and its counts: `embedding 812/1,024`. */
export const stageText = ({ job }: DocumentProgress): string => {
  if (job === undefined) return "uploading"
  const { done, total } = share(job)
  const waits = job.lastError === null ? "" : job.retryCount > 0 ? `, retry ${job.retryCount}` : ", held"
  return total === 0 ? `${stages[job.status]}${waits}` : `${stages[job.status]} ${count(done)}/${count(total)}${waits}`
}

const share = ({ progress, status }: JobView) =>
  status === "chunking" || status === "chunks_stored"
    ? { done: progress.chunksDone, total: progress.chunksTotal }
    : { done: progress.embedsDone, total: progress.embedsTotal }

const eta = ({ embedding, job }: DocumentProgress, now: number): string => {
  if (embedding === undefined || job?.status !== "embedding_in_progress") return ""
  const { embedsDone, embedsTotal } = job.progress
  const gained = embedsDone - embedding.done
  const elapsed = now - embedding.since
  return gained <= 0 || elapsed <= 0 ? "" : `eta ${span((embedsTotal - embedsDone) * elapsed / gained)}`
}

const bar = (ratio: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, ratio)) * 8)
  return "▓".repeat(full) + "░".repeat(8 - full)
}

/** Never wider than `columns` (at least 20). What does not fit is left out, least important first. */
export const progressLine = (
  document: DocumentProgress,
  options: { readonly columns: number; readonly nameWidth: number; readonly now: number; readonly style: Style }
): string => {
  const { columns, now, style } = options
  const { job } = document
  const nameWidth = Math.max(8, Math.min(options.nameWidth, Math.floor(columns * 0.4)))
  const name = fit(printable(document.name), nameWidth)
  const head = `${truncate(name, nameWidth)}  ${style.cyan("●")} `
  const { done, total } = job === undefined ? { done: 0, total: 0 } : share(job)
  const stage = truncate(stageText(document), Math.max(0, columns - CliOutput.displayWidth(head)))
  // in the order of the line; higher ranks are dropped first
  const parts = [
    { rank: 0, text: stage },
    { rank: 2, text: total === 0 ? "" : bar(done / total) },
    { rank: 1, text: total === 0 ? "" : `${Math.floor(100 * done / total)}%` },
    { rank: 5, text: job === undefined || job.tokensPaid === 0 ? "" : tokens(job.tokensPaid) },
    { rank: 4, text: job === undefined || job.costUsd === 0 ? "" : dollars(job.costUsd) },
    { rank: 6, text: job === undefined || job.vectorsReused === 0 ? "" : `reused ${count(job.vectorsReused)}` },
    { rank: 3, text: eta(document, now) }
  ].filter((part) => part.text !== "")
  for (let rank = 6; rank >= 0; rank--) {
    const line = head + parts.filter((part) => part.rank <= rank).map((part) => part.text).join("  ")
    if (CliOutput.displayWidth(line) <= columns) return line
  }
  return head.trimEnd()
}
