/**
 * An HTTP client that never uses a connection again on which an upload was refused. A server that refuses one before it has read
 * all of it may never read from that connection again, as Supabase Storage does: the next call on it would wait in vain.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import { Effect, Layer } from "effect"
import { HttpClient, type HttpClientError } from "effect/http"

export const layerUploadSafe = Layer.effect(
  HttpClient.HttpClient,
  Effect.gen(function*() {
    const { Agent } = yield* Effect.promise(() => import("@effect/platform-node/Undici"))
    const open = Effect.gen(function*() {
      const agent = new Agent()
      return { agent, ...yield* Effect.provideService(NodeHttpClient.makeUndici, NodeHttpClient.Dispatcher, agent) }
    })
    let current = yield* open
    yield* Effect.addFinalizer(() => Effect.promise(() => current.agent.destroy()))
    const renew = Effect.gen(function*() {
      const { agent } = current
      current = yield* open
      // Ends when the last call on it does.
      void agent.close()
    })
    return HttpClient.makeWith<HttpClientError.HttpClientError, never, HttpClientError.HttpClientError, never>(
      Effect.fnUntraced(function*(request) {
        const response = yield* current.postprocess(request)
        if (response.request.body._tag === "Stream" && response.status >= 400) yield* renew
        return response
      }),
      Effect.succeed
    )
  })
)
