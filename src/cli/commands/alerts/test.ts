/** `accessa alerts test`: sends a test notice, and shows what each sink answered. */
import { Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { SinkTestResults } from "../../../api/alerts.ts"
import { AlertSinkName } from "../../../domain/AlertNotice.ts"
import { defined } from "../../../domain/defined.ts"
import { Client } from "../../client/Client.ts"
import { failure } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { span } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"

export const test = Command.make("test", {
  sink: Flag.Literals("sink", AlertSinkName.literals).pipe(
    Flag.withDescription("Only this sink of ALERT_SINKS"),
    Flag.optional
  )
}, ({ sink }) =>
  Effect.gen(function*() {
    const { call } = yield* Client
    const output = yield* Output
    const tested = yield* call((api) => api.alerts.test({ payload: defined({ sink: Option.getOrUndefined(sink) }) }))
    yield* output.record(yield* encoded(SinkTestResults, tested))
    if (!output.json) {
      for (const { problem, sink, tookMs } of tested.results) {
        yield* output.print(
          problem === null ? `${sink}: delivered in ${span(tookMs)}` : `${sink}: not delivered. ${printable(problem)}`
        )
      }
    }
    const failed = tested.results.filter(({ delivered }) => !delivered).map((result) => result.sink)
    if (failed.length > 0) {
      return yield* failure(
        "failed",
        "SINK_FAILED",
        `The test notice did not reach ${failed.join(" and ")}.`,
        "Check the settings of the sink: docs/alert-sinks.md."
      )
    }
  })).pipe(Command.withDescription("Send a test notice to the sinks, and show each answer"))
