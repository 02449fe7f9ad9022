/** An HTTP server on a host and port; the error for a busy port names the setting that changes it. */
import { NodeHttpServer } from "@effect/platform-node"
import { Effect, Layer, Schema } from "effect"
import { createServer } from "node:http"
import { refuseEarly } from "../http/server/refuseEarly.ts"
import { refuseUnreadable } from "../http/server/refuseUnreadable.ts"

export class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", { message: Schema.String }) {}

/**
 * Milliseconds for receiving a body: enough for the largest upload over a slow connection. Headers keep Node's default of
 * one minute.
 */
const requestTimeout = 3_600_000

export const listen = (options: { readonly host: string; readonly port: number; readonly setting: string }) =>
  Layer.effectContext(
    Layer.build(NodeHttpServer.layer(() => refuseEarly(refuseUnreadable(createServer({ requestTimeout }))), {
      host: options.host,
      port: options.port,
      gracefulShutdownTimeout: "3 seconds"
    })).pipe(Effect.mapError((error) =>
      new PortInUse({
        message: `Cannot listen on ${options.host}:${options.port} (${String(error.cause)}). `
          + `Stop the process that uses the port, or set ${options.setting} to another port.`
      })
    ))
  )
