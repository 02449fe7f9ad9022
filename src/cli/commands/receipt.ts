/** `accessa receipt`: the proof that a document is complete, recomputed in the database. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Receipt } from "../../domain/Receipt.ts"
import { Client } from "../Client.ts"
import { encoded } from "../encoded.ts"
import { failure } from "../Failure.ts"
import { jobArgument } from "../flags.ts"
import { resolveJob } from "../resolveId.ts"
import { count, tokens } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"

export const receipt = Command.make("receipt", { job: jobArgument }, ({ job: id }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const job_id = yield* resolveJob(id)
    const receipt = yield* call((api) => api.jobs.receipt({ params: { job_id } }))
    yield* output.record(yield* encoded(Receipt, receipt))
    const holds = receipt.failed_checks.length === 0
    const rows: ReadonlyArray<readonly [string, string]> = [
      ["chunks", `${count(receipt.chunks_stored)} stored of ${count(receipt.chunks_expected)} expected`],
      ["vectors", `${count(receipt.vectors_stored)} of ${receipt.dimensions} dimensions`],
      ["model", `${printable(receipt.embed_model)}, version ${printable(receipt.embed_version)}`],
      ["paid", `${tokens(receipt.tokens_paid)}; ${count(receipt.vectors_reused)} vectors reused`],
      ["content", `sha256 ${printable(receipt.content_sha256)}`],
      ["parsed text", `sha256 ${printable(receipt.parsed_sha256)}`]
    ]
    yield* output.print(holds ? output.style.green("✓ all checks passed") : output.style.red("✗ checks failed"))
    for (const [name, value] of rows) yield* output.print(`  ${output.style.dim(name.padEnd(12))} ${value}`)
    if (!holds) return yield* doesNotHold(receipt.failed_checks, job_id)
  })).pipe(Command.withDescription("Show the proof that a document is complete; exits with 1 if a check fails"))

const doesNotHold = (checks: ReadonlyArray<string>, job: string) =>
  failure(
    "failed",
    "RECEIPT_MISMATCH",
    `These checks failed: ${checks.join(", ")}.`,
    `If the job is complete, retry it and report this; otherwise see \`accessa jobs explain ${job}\`.`
  )
