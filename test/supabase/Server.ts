/** The real Supabase Storage that the environment names, and a gateway in front of it. */
import { Config, Effect, Layer, Schema } from "effect"
import { createServer, request } from "node:http"
import { layerUploadSafe } from "../../layers/App/uploadSafeClient.ts"
import { ObjectStorageSupabase } from "../../layers/ObjectStorage/Supabase.ts"
import { HttpUrl } from "../../src/settings/Setting.ts"

export const server = Config.all({
  url: Config.schema(HttpUrl, "SUPABASE_URL"),
  serviceRoleKey: Config.Redacted("SUPABASE_SERVICE_ROLE_KEY")
})

/** Why nothing can be tried; empty if it can. */
export const missing: ReadonlyArray<string> = Effect.runSync(
  Effect.match(Effect.provide(server, Layer.empty), {
    onFailure: () => ["SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY are not set: they name the server"],
    onSuccess: () => []
  })
)

/** As a project's own: it passes on what begins with `/storage/v1`, without that, and answers 404 to the rest. */
export const startGateway = Effect.fnUntraced(function*({ hostname, port }: URL) {
  const prefix = "/storage/v1"
  const gateway = yield* Effect.acquireRelease(
    Effect.sync(() =>
      createServer((incoming, answer) => {
        const { headers, method, url = "" } = incoming
        if (!url.startsWith(`${prefix}/`)) {
          answer.writeHead(404, { "content-type": "application/json" }).end(
            `{"message":"no Route matched with those values"}`
          )
          return
        }
        const onward = request({ hostname, port, method, headers, path: url.slice(prefix.length) }, (answered) => {
          answer.writeHead(answered.statusCode ?? 502, answered.headers)
          answered.pipe(answer)
          // A refusal may come before the last byte was sent.
          answered.once("end", () => {
            incoming.unpipe(onward).resume()
            onward.destroy()
          })
        })
        onward.on("error", () => void (answer.headersSent || answer.destroy()))
        incoming.pipe(onward)
      })
    ),
    (running) =>
      Effect.sync(() => {
        running.close()
        running.closeAllConnections()
      })
  )
  yield* Effect.callback<void>((resume) => void gateway.listen(0, "127.0.0.1", () => resume(Effect.void)))
  const address = yield* Schema.decodeUnknownEffect(Schema.Struct({ port: Schema.Int }))(gateway.address())
  return new URL(`http://127.0.0.1:${address.port}`)
})

/** `gateway`: through one. */
export const storageOnServer = (gateway: boolean) =>
  Layer.unwrap(Effect.gen(function*() {
    const { serviceRoleKey, url } = yield* server
    return ObjectStorageSupabase({
      url: gateway ? yield* startGateway(url) : url,
      serviceRoleKey,
      callTimeout: "30 seconds"
    })
  })).pipe(Layer.provide(layerUploadSafe))
