/** `accessa jobs show`: one job with its history. `jobs explain`: what it is doing, in words. */
import { DateTime, Effect, Stream } from "effect"
import { Command } from "effect/cli"
import { JobEventView, type JobView } from "../../api/jobs.ts"
import { Explanation } from "../../domain/explain.ts"
import { Client } from "../Client.ts"
import { encoded } from "../encoded.ts"
import { jobArgument } from "../flags.ts"
import { resolveJob } from "../resolveId.ts"
import { ago, bytes, count, dollars, tokens } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"
import { encodeJob, failed } from "../terminal/resultLine.ts"
import { statusColour, type Style } from "../terminal/Style.ts"
import { allEvents, eventLine } from "./jobEvents.ts"

export const jobsShow = Command.make("show", { job: jobArgument }, ({ job: id }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const job_id = yield* resolveJob(id)
    const job = yield* call((api) => api.jobs.get({ params: { job_id }, query: {} }))
    // the stream of a running job stays open: its history is what arrives without a pause
    const history = yield* allEvents(job_id).pipe(Stream.timeout("1 second"), Stream.runCollect)
    if (output.json) {
      const events = yield* Effect.forEach(history, (event) => encoded(JobEventView, event))
      return yield* output.record({ ...(yield* encodeJob(job)), history: events })
    }
    const now = DateTime.toDate(yield* DateTime.now)
    for (const line of facts(job, now, output.style)) yield* output.print(line)
    yield* output.print(`\n${output.style.bold("History")}`)
    for (const [index, event] of history.entries()) {
      yield* output.print(`  ${eventLine(event, history[index - 1], output.style)}`)
    }
  })).pipe(Command.withDescription("One job with its history"))

const facts = (job: JobView, now: Date, style: Style): ReadonlyArray<string> => {
  const { chunks_done, chunks_total, embeds_done, embeds_total } = job.progress
  const rows: ReadonlyArray<readonly [string, string]> = [
    ["status", statusColour(style, job.status)(job.status)],
    ["job", job.job_id],
    ["document", job.document_id],
    ["correlation", job.correlation_id],
    ["file", `${printable(job.media_type)}, ${bytes(job.bytes)}, sha256 ${job.raw_sha256.slice(0, 12)}…`],
    ["uploaded", ago(DateTime.toDate(job.created_at), now)],
    [
      "chunks",
      chunks_total === 0 ? "not yet known" : `${count(chunks_done)} of ${count(chunks_total)} (${job.chunks_version})`
    ],
    [
      "vectors",
      embeds_total === 0
        ? "not yet known"
        : `${count(embeds_done)} of ${count(embeds_total)} (${printable(job.embed_model)})`
    ],
    ["paid", `${tokens(job.tokens_paid)}, ${dollars(job.cost_usd)}; ${count(job.vectors_reused)} vectors reused`],
    ["attempts", `${job.retry_count} failed in a row, ${job.crash_count} workers lost`]
  ]
  const error = job.last_error === null ? [] : [`  ${style.red("✗")} ${failed(job, style)}`]
  return [
    style.bold(printable(job.filename)),
    ...rows.map(([name, value]) => `  ${style.dim(name.padEnd(12))} ${value}`),
    ...error
  ]
}

export const jobsExplain = Command.make("explain", { job: jobArgument }, ({ job: id }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const job_id = yield* resolveJob(id)
    const explanation = yield* call((api) => api.jobs.explain({ params: { job_id } }))
    yield* output.record(yield* encoded(Explanation, explanation))
    yield* output.print(printable(explanation.sentence))
    yield* output.print(`${output.style.dim("Next:")} ${printable(explanation.next_action)}`)
  })).pipe(Command.withDescription("Explain what a job is doing or waiting for, and what you can do"))
