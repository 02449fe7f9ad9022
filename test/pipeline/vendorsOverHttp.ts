/** The vendors' mocks in separate servers, our adapters for them, and our API for their callbacks. */
import { NodeHttpClient } from "@effect/platform-node"
import { Context, Duration, Effect, Layer, Redacted, Result, Schema } from "effect"
import { DocumentParserLlamaParse } from "../../layers/DocumentParser/LlamaParse.ts"
import { EgressNode, resolveBySystem } from "../../layers/Egress/Node.ts"
import { EmbedderOpenAI } from "../../layers/Embedder/OpenAI.ts"
import { AlertSinks } from "../../services/AlertSinks.ts"
import { TextPreview } from "../../services/TextPreview.ts"
import { defaultRules } from "../../src/domain/AlertRule.ts"
import { HttpOptions } from "../../src/http/server/HttpOptions.ts"
import { HttpApp } from "../../src/http/server/routes.ts"
import * as MockLlamaParse from "../../src/mocks/llamaparse/MockLlamaParse.ts"
import * as MockOpenAI from "../../src/mocks/openai/MockOpenAI.ts"
import { defaultBounds } from "../../src/policy/bounds.ts"
import { rates } from "../../src/policy/rates.ts"
import { CircuitBreakers } from "../../src/purchases/CircuitBreakers.ts"
import { CredentialsMemory } from "../support/harness/Credentials.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"
import { DocumentParserMemory } from "../twins/DocumentParserMemory.ts"
import { InspectorMemory } from "../twins/InspectionsMemory.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"
import { serveApart } from "./serveApart.ts"
import { type EmbeddingFault, retryAfterSeconds, slowMillis, Vendors } from "./Vendors.ts"

export const linkSecrets = [Redacted.make("the callbacks' secret")]

/** Where the parser's callbacks go. */
export class CallbackUrl extends Context.Service<CallbackUrl, URL>()("accessa/test/CallbackUrl") {}

/** The mocks' own scenarios. */
export class Mocks extends Context.Service<Mocks, {
  /** On both, from the text of a file in `examples/scenarios`. */
  readonly play: (yaml: string) => Effect.Effect<void>
}>()("accessa/test/Mocks") {}

const mocks = Layer.unwrap(Effect.gen(function*() {
  const llamaparse = yield* serveApart(
    MockLlamaParse.serve({
      delay: Duration.zero,
      failureRate: 0,
      content: "document",
      seed: 1,
      allowLoopbackCallbacks: true
    }).pipe(Layer.provide(DocumentParserMemory))
  )
  const openai = yield* serveApart(MockOpenAI.serve({ delay: Duration.zero, failureRate: 0, vectors: "lexical" }))
  const playText = (mock: URL, body: string) =>
    Effect.promise(async () => {
      const response = await fetch(new URL("/mock/scenario", mock), { method: "PUT", body })
      if (!response.ok) throw new Error(await response.text())
    })
  const play = (mock: URL, scenario: object) => playText(mock, JSON.stringify(scenario))
  const usage = Effect.promise(() => fetch(new URL("/mock/state", openai)).then((response) => response.json())).pipe(
    Effect.flatMap(decodeState),
    Effect.map((state) => ({ ...state.usage, calls: state.usage.requests })),
    Effect.orDie
  )
  const vendors = Layer.succeed(Vendors, {
    failNext: ({ callbacks, embeddings = [], submits = 0 }) =>
      Effect.all([
        play(llamaparse, {
          name: "test",
          llamaparse: [
            ...(submits === 0 ? [] : [{ on: "create", times: submits, reply: { status: 503 } }]),
            ...(callbacks === undefined ? [] : [
              { on: "job", delay: "400ms" },
              { on: "webhook", times: 9, deliver: callbacks === "lost" ? { drop: true } : { times: 3 } }
            ])
          ]
        }),
        play(openai, { name: "test", openai: embeddings.map(stepOf) })
      ], { discard: true }),
    bought: usage
  })
  return Layer.mergeAll(
    vendors,
    Layer.succeed(Mocks, {
      play: (yaml) => Effect.forEach([llamaparse, openai], (mock) => playText(mock, yaml), { discard: true })
    }),
    DocumentParserLlamaParse({
      url: llamaparse,
      apiKey: Redacted.make("llx-test"),
      tier: "cost_effective",
      version: "latest",
      callTimeout: "10 seconds",
      uploadTimeout: "10 seconds"
    }),
    EmbedderOpenAI({
      url: new URL("/v1", openai),
      apiKey: Redacted.make("sk-test"),
      model: embeddingModel,
      timeout: "10 seconds"
    })
  )
}))

const stepOf = ({ as, times, word }: EmbeddingFault) => {
  const step = { on: "embeddings", match: { text: `*${word}*` }, times }
  switch (as) {
    case "rate limited": {
      const reply = { status: 429, code: "rate_limit_exceeded", retry_after: `${retryAfterSeconds}s` }
      return { ...step, reply }
    }
    case "wrong dimensions":
      return { ...step, garbage: "wrong_dimensions" }
    case "refused":
      return { ...step, reply: { status: 400, code: "invalid_request_error" } }
    case "denied":
      return { ...step, reply: { status: 401, code: "invalid_api_key" } }
    case "slow":
      return { ...step, delay: `${slowMillis}ms` }
  }
}

const decodeState = Schema.decodeUnknownEffect(Schema.Struct({
  usage: Schema.Struct({ requests: Schema.Int, vectors: Schema.Int, tokens: Schema.Int })
}))

export const vendorsOverHttp = Layer.merge(mocks, ObjectStorageMemory).pipe(Layer.provide(NodeHttpClient.layerUndici))

/** For webhooks, to receivers on this machine. */
export const egress = EgressNode({
  allowPrivate: true,
  httpsOnly: false,
  timeout: "5 seconds",
  resolve: resolveBySystem
})

/** Our API, as in production, on the given stores and vendors. */
export const callbacksOverHttp = Layer.effect(
  CallbackUrl,
  serveApart(HttpApp.pipe(
    Layer.provide(CredentialsMemory),
    Layer.provide(egress),
    Layer.provide([Layer.succeed(AlertSinks, []), InspectorMemory, Layer.mock(TextPreview, {})]),
    Layer.provide(CircuitBreakers.layer("api")),
    Layer.provide(Layer.succeed(HttpOptions, {
      rates,
      bounds: defaultBounds,
      metrics: { access: { open: false, token: undefined }, pushedEvery: undefined },
      maxUploadBytes: 1_000_000,
      publicUrl: new URL("http://127.0.0.1"),
      chunker: "markdown-structure@1" as const,
      linkSecrets,
      alertRules: defaultRules,
      doubts: [],
      installation: { environment: "test", version: "0", node: "v24", settings: [], nearMisses: [] },
      trustedProxies: { networks: [], header: "x-forwarded-for" as const },
      stopDelay: Duration.zero,
      traceUrl: "",
      logs: Result.fail("There are none.")
    }))
  ))
)
