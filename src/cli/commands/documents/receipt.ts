/** `accessa receipt`: the proof that a document is complete, recomputed in the database. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { replacedText } from "../../../domain/coverage/warnings.ts"
import { Receipt } from "../../../domain/Receipt.ts"
import { Client } from "../../client/Client.ts"
import { resolveJob } from "../../client/resolveId.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { jobArgument } from "../../flags.ts"
import { count, tokens } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"

export const receipt = Command.make("receipt", { job: jobArgument }, ({ job: id }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const jobId = yield* resolveJob(id)
    const receipt = yield* call((api) => api.jobs.receipt({ params: { job_id: jobId } }))
    yield* output.record(yield* encoded(Receipt, receipt))
    const holds = receipt.failedChecks.length === 0
    const rows: ReadonlyArray<readonly [string, string]> = [
      ["chunks", `${count(receipt.chunksStored)} stored of ${count(receipt.chunksExpected)} expected`],
      ["vectors", `${count(receipt.vectorsStored)} of ${receipt.dimensions} dimensions`],
      ["model", `${printable(receipt.embedModel)}, version ${printable(receipt.embedVersion)}`],
      ["paid", `${tokens(receipt.tokensPaid)}; ${count(receipt.vectorsReused)} vectors reused`],
      ["content", `sha256 ${printable(receipt.contentSha256)}`],
      ["parsed text", `sha256 ${printable(receipt.parsedSha256)}`],
      ...receipt.replaced.length === 0 ? [] : [["read again", replacedText(receipt.replaced)] as const]
    ]
    const warned = receipt.warnings.length > 0
    yield* output.print(
      holds && warned
        ? output.style.yellow("! all checks passed, but the text is incomplete")
        : holds
        ? output.style.green("✓ all checks passed")
        : output.style.red("✗ checks failed")
    )
    for (const [name, value] of rows) yield* output.print(`  ${output.style.dim(name.padEnd(12))} ${value}`)
    for (const each of receipt.warnings) yield* output.print(`  ${output.style.yellow("!")} ${printable(each)}`)
    if (!holds) return yield* doesNotHold(receipt.failedChecks, jobId)
  })).pipe(Command.withDescription("Show the proof that a document is complete; exits with 1 if a check fails"))

const doesNotHold = (checks: ReadonlyArray<string>, job: string) =>
  failure(
    "failed",
    "RECEIPT_MISMATCH",
    `These checks failed: ${checks.join(", ")}.`,
    `If the job is complete, retry it and report this; otherwise see \`accessa jobs explain ${job}\`.`
  )
