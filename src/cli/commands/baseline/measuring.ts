/** What the commands that measure a stack share: their flags, and the measurement with its progress. */
import { Effect, Schema } from "effect"
import { Flag } from "effect/cli"
import type { Facts } from "../../../deploy/baseline/Baseline.ts"
import { fetchContract } from "../../../deploy/baseline/fetchContract.ts"
import { type BaselineUnreadable, readDocuments } from "../../../deploy/baseline/files.ts"
import { measure } from "../../../deploy/baseline/measure.ts"
import { baselineRounds } from "../../../policy/baseline.ts"
import { Client } from "../../client/Client.ts"
import { failure } from "../../CommandFailure.ts"
import { Output } from "../../terminal/Output.ts"

export const usualFile = "config/baseline.local.json"

export const file = (name: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar("file"), Flag.withDescription(description), Flag.withDefault(usualFile))

export const shared = {
  documents: Flag.String("documents").pipe(
    Flag.withMetavar("folder"),
    Flag.withDescription("The documents to send"),
    Flag.withDefault("config/baseline-documents")
  ),
  rounds: Flag.Int("rounds").pipe(
    Flag.withDescription(
      `How often to send them (${baselineRounds}); 0 sends none, and skips the checks of documents and times`
    ),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000 }))),
    Flag.withDefault(baselineRounds)
  )
}

export const measured = Effect.fnUntraced(function*(folder: string, rounds: number) {
  const output = yield* Output
  const { call, url } = yield* Client
  const documents = rounds === 0 ? [] : yield* Effect.mapError(readDocuments(folder), fileFailure)
  const openApi = yield* call(() => fetchContract(url))
  const onRound = (done: number) =>
    output.stderrIsTerminal
      ? output.draw(`\r\u001b[2K${done < rounds ? `· round ${done} of ${rounds}` : ""}`)
      : Effect.void
  const facts: Facts = yield* call((api) => measure(api, { documents, rounds, openApi, onRound }))
  return facts
})

export const fileFailure = ({ message }: BaselineUnreadable) =>
  failure("usage", "BASELINE_FILE", message, "Record one with `accessa baseline record`, or name another file.")
