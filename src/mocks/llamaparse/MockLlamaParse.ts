/** LlamaParse for a laptop: the vendor's API as its SDK uses it, with callbacks and failures, free of charge. */
import { Context, Effect, FiberMap, FiberSet, Layer } from "effect"
import { FetchHttpClient, HttpClient, HttpRouter, type HttpServer } from "effect/http"
import type { DocumentParser } from "../../../services/DocumentParser.ts"
import { addAdminRoutes } from "../adminRoutes.ts"
import { Account, type MockLlamaParseOptions } from "./Account.ts"
import { addFileRoutes } from "./fileRoutes.ts"
import { addLegacyRoutes } from "./legacyRoutes.ts"
import { addParseRoutes } from "./parseRoutes.ts"
import type { Background } from "./runJob.ts"
import { addWebhookRoutes } from "./webhookRoutes.ts"

export type { MockLlamaParseOptions } from "./Account.ts"

const routes = Effect.fnUntraced(function*(router: HttpRouter.HttpRouter, options: MockLlamaParseOptions) {
  const account = new Account(options)
  // The vendor's callbacks are not part of our traces.
  const services = Context.add(
    yield* Effect.context<HttpClient.HttpClient | DocumentParser>(),
    HttpClient.TracerPropagationEnabled,
    false
  )
  const jobs = yield* FiberMap.make<string>()
  const others = yield* FiberSet.make()
  const background: Background = {
    fork: (effect) => Effect.asVoid(FiberSet.run(others, Effect.provideContext(effect, services))),
    start: (jobId, effect) => Effect.asVoid(FiberMap.run(jobs, jobId, Effect.provideContext(effect, services))),
    stop: (jobId) => FiberMap.remove(jobs, jobId)
  }
  yield* addParseRoutes(router, account, background)
  yield* addFileRoutes(router, account)
  yield* addWebhookRoutes(router, account)
  yield* addLegacyRoutes(router, account, background)
  yield* addAdminRoutes(router, {
    name: "llamaparse",
    knobs: account.knobs,
    calls: account.calls,
    state: () => account.state(),
    scenario: () => account.scenario(),
    play: (scenario) => account.play(scenario),
    reset: Effect.andThen(FiberMap.clear(jobs), Effect.sync(() => account.reset()))
  })
})

/** The routes; point the vendor's SDK at the server's origin. */
const layer = (
  options: MockLlamaParseOptions
): Layer.Layer<never, never, HttpRouter.HttpRouter | DocumentParser> =>
  HttpRouter.use((router) => routes(router, options)).pipe(Layer.provide(FetchHttpClient.layer))

/** A server of these routes, on the provided `HttpServer`. */
export const serve = (
  options: MockLlamaParseOptions
): Layer.Layer<never, never, HttpServer.HttpServer | DocumentParser> =>
  HttpRouter.serve(layer(options), { disableLogger: true, disableListenLog: true })
