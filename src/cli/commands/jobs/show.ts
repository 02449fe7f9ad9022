/** `accessa jobs show`: one job with its history. `jobs explain`: what it is doing, in words. */
import { DateTime, Effect, Schema, Stream } from "effect"
import { Command } from "effect/cli"
import { JobView } from "../../../api/jobs.ts"
import { replacedText } from "../../../domain/coverage/warnings.ts"
import { Explanation } from "../../../domain/explain.ts"
import { JobEvent } from "../../../domain/Job.ts"
import { snakeKeys } from "../../../domain/snakeKeys.ts"
import { Client } from "../../client/Client.ts"
import { resolveJob } from "../../client/resolveId.ts"
import { encoded } from "../../encoded.ts"
import { jobArgument } from "../../flags.ts"
import { ago, bytes, count, dollars, tokens } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"
import { failed } from "../../terminal/resultLine.ts"
import { statusCell } from "../../terminal/statusCell.ts"
import type { Style } from "../../terminal/Style.ts"
import { allEvents, eventLine } from "./events.ts"

export const jobsShow = Command.make("show", { job: jobArgument }, ({ job: id }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const jobId = yield* resolveJob(id)
    const job = yield* call((api) => api.jobs.get({ params: { job_id: jobId }, query: {} }))
    // the stream of a running job stays open: its history is what arrives without a pause
    const history = yield* allEvents(jobId).pipe(Stream.timeout("1 second"), Stream.runCollect)
    if (output.json) {
      return yield* output.record(yield* encoded(JobWithHistory, { ...job, history }))
    }
    const now = DateTime.toDate(yield* DateTime.now)
    for (const line of facts(job, now, output.style)) yield* output.print(line)
    yield* output.print(`\n${output.style.bold("History")}`)
    for (const [index, event] of history.entries()) {
      yield* output.print(`  ${eventLine(event, history[index - 1], output.style)}`)
    }
  })).pipe(Command.withDescription("One job with its history"))

const JobWithHistory = snakeKeys({ ...JobView.to.fields, history: Schema.Array(JobEvent) })

/** An excerpt of what was left out; the JSON has all of it. */
const listed = 20

const facts = (job: JobView, now: Date, style: Style): ReadonlyArray<string> => {
  const { chunksDone, chunksTotal, embedsDone, embedsTotal } = job.progress
  const status = statusCell(job, style)
  const rows: ReadonlyArray<readonly [string, string]> = [
    ["status", status.paint(status.text)],
    ["job", job.jobId],
    ["document", job.documentId],
    ...(job.parentDocumentId === null ? [] : [["attached to", job.parentDocumentId] as const]),
    ["correlation", job.correlationId],
    ...(job.traceUrl === null ? [] : [["trace", printable(job.traceUrl)] as const]),
    ["file", `${printable(job.mediaType)}, ${bytes(job.bytes)}, sha256 ${job.rawSha256.slice(0, 12)}…`],
    ["uploaded", ago(DateTime.toDate(job.createdAt), now)],
    [
      "chunks",
      chunksTotal === 0 ? "not yet known" : `${count(chunksDone)} of ${count(chunksTotal)} (${job.chunksVersion})`
    ],
    [
      "vectors",
      embedsTotal === 0
        ? "not yet known"
        : `${count(embedsDone)} of ${count(embedsTotal)} (${printable(job.embedModel)})`
    ],
    ["paid", `${tokens(job.tokensPaid)}, ${dollars(job.costUsd)}; ${count(job.vectorsReused)} vectors reused`],
    ["attempts", `${job.retryCount} failed in a row, ${job.crashCount} workers lost`]
  ]
  const covered = job.parseReport?.coverage
  const text = covered === undefined
    ? []
    : [["text", `${count(covered.found)} of the source's ${count(covered.words)} words`] as const]
  const replaced = job.parseReport?.replaced ?? []
  const again = replaced.length === 0 ? [] : [["read again", replacedText(replaced)] as const]
  const left = (job.parseReport?.leftOut ?? []).slice(0, listed).map(({ count: missing, detail, kind, page }) =>
    `  ${style.dim("left out".padEnd(12))} ${missing} ${kind}${page === 0 ? "" : `, page ${page}`}: ${
      printable(detail)
    }`
  )
  const warnings = job.warnings.map((each) => `  ${style.yellow("!")} ${printable(each)}`)
  const error = job.lastError === null ? [] : [`  ${style.red("✗")} ${failed(job, style)}`]
  return [
    style.bold(printable(job.filename)),
    ...[...rows, ...text, ...again].map(([name, value]) => `  ${style.dim(name.padEnd(12))} ${value}`),
    ...left,
    ...warnings,
    ...error
  ]
}

export const jobsExplain = Command.make("explain", { job: jobArgument }, ({ job: id }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const jobId = yield* resolveJob(id)
    const explanation = yield* call((api) => api.jobs.explain({ params: { job_id: jobId } }))
    yield* output.record(yield* encoded(Explanation, explanation))
    yield* output.print(printable(explanation.sentence))
    yield* output.print(`${output.style.dim("Next:")} ${printable(explanation.nextAction)}`)
    const { traceUrl } = yield* call((api) => api.jobs.get({ params: { job_id: jobId }, query: {} }))
    if (traceUrl !== null) yield* output.print(`${output.style.dim("Trace:")} ${printable(traceUrl)}`)
  })).pipe(Command.withDescription("Explain what a job is doing or waiting for, and what you can do"))
