/** An HTTP server on a host and port; the error for a busy port names the setting that changes it. */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Duration, Effect, Layer, Schema } from "effect"
import { createServer } from "node:http"
import { count } from "../../otel/metrics/record.ts"
import { refuseEarly } from "../http/server/refuseEarly.ts"
import { refuseUnreadable } from "../http/server/refuseUnreadable.ts"
import { bodyDeadline, headersDeadline, usualKeepAliveSeconds } from "../policy/connections.ts"

export class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", { message: Schema.String }) {}

interface ListenOptions {
  readonly host: string
  readonly port: number
  readonly setting: string
  readonly keepAlive?: Duration.Duration
  /** The application itself refuses a request without Host, with a problem. */
  readonly checksHost?: boolean
}

export const listen = (
  { checksHost = false, host, keepAlive = Duration.seconds(usualKeepAliveSeconds), port, setting }: ListenOptions
) =>
  Layer.effectContext(
    Effect.gen(function*() {
      const run = Effect.runForkWith(yield* Effect.context<never>())
      const server = () => {
        const made = createServer({
          keepAliveTimeout: Duration.toMillis(keepAlive),
          headersTimeout: Duration.toMillis(headersDeadline(keepAlive)),
          requestTimeout: Duration.toMillis(bodyDeadline),
          requireHostHeader: !checksHost
        })
        // An expectation that is not known may be ignored (RFC 9110, 10.1.1); Node would answer 417 without a body.
        made.on("checkExpectation", (request, response) => made.emit("request", request, response))
        return refuseEarly(refuseUnreadable(made, (status) => {
          run(count("accessa_http_unreadable_total", { status }))
        }))
      }
      return yield* Layer.build(NodeHttpServer.layer(server, { host, port, gracefulShutdownTimeout: "3 seconds" }))
    }).pipe(Effect.mapError((error) =>
      new PortInUse({
        message: `Cannot listen on ${host}:${port} (${String(error.cause)}). `
          + `Stop the process that uses the port, or set ${setting} to another port.`
      })
    ))
  )
