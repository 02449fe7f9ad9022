import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, References } from "effect"
import { logSink } from "../../../layers/AlertSinks/Log.ts"
import type { AlertNotice } from "../../../src/domain/AlertNotice.ts"
import { aNotice, resolvedNotice } from "../../support/builders/aNotice.ts"

const lineOf = (notice: AlertNotice) => {
  const lines: Array<string> = []
  const logger = Logger.make((options) => {
    const { annotations, level, message } = Logger.formatStructured.log(options)
    lines.push(`${level} ${String(message)} ${JSON.stringify(annotations)}`)
  })
  return logSink.deliver(notice).pipe(
    Effect.map(() => lines.join("\n")),
    Effect.provide(Layer.merge(Logger.layer([logger]), Layer.succeed(References.MinimumLogLevel, "All")))
  )
}

describe("the sink log", () => {
  it.effect("an alert is one line of the log, as loud as it is severe", () =>
    Effect.gen(function*() {
      const line = yield* lineOf(aNotice({ description: "Two\nlines." }))
      assert.match(
        line,
        /^ERROR Critical: The embedding provider refuses our key\. \(embedder\) \[production\] Two lines\. \{/iu
      )
      assert.include(line, "\"alert_rule\":\"CIRCUIT_OPEN\"")
      assert.include(line, "\"runbook\":\"https://ops.example/runbooks/EMBED_AUTH\"")
      assert.match(yield* lineOf(aNotice({ severity: "warning" })), /^WARN Warning:/iu)
      assert.match(yield* lineOf(aNotice({ severity: "info" })), /^INFO Info:/iu)
      assert.match(yield* lineOf(resolvedNotice), /^INFO Resolved:/iu)
    }))
})
