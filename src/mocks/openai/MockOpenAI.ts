/**
 * OpenAI's embeddings API for a laptop: its shapes, limits and errors, with vectors computed from the text, free of charge.
 */
import { Clock, DateTime, Duration, Effect, type Layer } from "effect"
import { HttpRouter, type HttpServer, type HttpServerRequest, HttpServerResponse } from "effect/http"
import { sha256 } from "../../domain/hash.ts"
import { addAdminRoutes } from "../adminRoutes.ts"
import { Account, type MockOpenAIOptions } from "./Account.ts"
import { embeddings } from "./embeddings.ts"
import { findModel, modelBody, models } from "./Model.ts"
import { invalid, Refusal, refusalOf } from "./Refusal.ts"

export type { MockOpenAIOptions } from "./Account.ts"

type Handler = (
  account: Account,
  request: HttpServerRequest.HttpServerRequest
) => Effect.Effect<HttpServerResponse.HttpServerResponse, Refusal>

const noKey = invalid(
  "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
  null,
  401
)

const hasKey = (request: HttpServerRequest.HttpServerRequest): boolean =>
  /^Bearer \S/.test(request.headers["authorization"] ?? "")

/** Gateway errors come from a proxy in front of the vendor, as HTML. */
const gatewayStatuses = new Set([502, 504])

const refuse = ({ code, message, param, retryAfterMs, status, type }: Refusal) => {
  if (gatewayStatuses.has(status)) {
    return HttpServerResponse.html(`<html><body><h1>${status} Bad Gateway</h1></body></html>`).pipe(
      HttpServerResponse.setStatus(status)
    )
  }
  return HttpServerResponse.jsonUnsafe({ error: { message, type, param, code } }, {
    status,
    headers: retryAfterMs === undefined ? {} : {
      "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1_000))),
      "retry-after-ms": String(Math.ceil(retryAfterMs))
    }
  })
}

/** Key, headers and log around a handler. */
const answer = (account: Account, handler: Handler) =>
  Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
    const started = yield* Clock.currentTimeMillis
    const number = account.nextRequest()
    const response = yield* (hasKey(request) ? handler(account, request) : Effect.fail(noKey)).pipe(
      Effect.catch((refusal) => Effect.succeed(refuse(refusal)))
    )
    const now = yield* Clock.currentTimeMillis
    account.calls.add({
      at: DateTime.formatIso(DateTime.makeUnsafe(started)),
      method: request.method,
      path: request.url,
      status: response.status
    })
    return HttpServerResponse.setHeaders(response, {
      "x-request-id": `req_${sha256(`request ${number}`).slice(0, 32)}`,
      "openai-organization": "org-mock",
      "openai-processing-ms": String(now - started),
      "openai-version": "2020-10-01",
      ...account.rateLimit?.headers(now)
    })
  })

const takeModelsFault = (account: Account): Effect.Effect<void, Refusal> => {
  const step = account.script.take(({ on }) => on === "models")
  return Effect.sleep(step?.delay ?? Duration.zero).pipe(
    Effect.andThen(step?.reply === undefined ? Effect.void : Effect.fail(refusalOf(step.reply)))
  )
}

const listModels: Handler = (account) =>
  Effect.as(
    takeModelsFault(account),
    HttpServerResponse.jsonUnsafe({ object: "list", data: models.map(modelBody) })
  )

const getModel: Handler = (account, request) =>
  takeModelsFault(account).pipe(Effect.andThen(Effect.suspend(() => {
    const id = decodeURIComponent(request.url.split("/").at(-1)?.split("?")[0] ?? "")
    const model = findModel(id)
    return model === undefined
      ? Effect.fail(
        new Refusal({
          status: 404,
          type: "invalid_request_error",
          code: "model_not_found",
          param: "model",
          message: `The model '${id}' does not exist`
        })
      )
      : Effect.succeed(HttpServerResponse.jsonUnsafe(modelBody(model)))
  })))

/** The routes; point the vendor's SDK at the server's origin plus `/v1`. */
const layer = (options: MockOpenAIOptions): Layer.Layer<never, never, HttpRouter.HttpRouter> =>
  HttpRouter.use(Effect.fnUntraced(function*(router) {
    const account = new Account(options)
    yield* router.add("POST", "/v1/embeddings", answer(account, embeddings))
    yield* router.add("GET", "/v1/models", answer(account, listModels))
    yield* router.add("GET", "/v1/models/:id", answer(account, getModel))
    yield* addAdminRoutes(router, {
      name: "openai",
      knobs: account.knobs,
      calls: account.calls,
      state: () => account.state(),
      scenario: () => account.scenario(),
      play: (scenario) => account.play(scenario),
      reset: Effect.sync(() => account.reset())
    })
  }))

/** A server of these routes, on the provided `HttpServer`. */
export const serve = (options: MockOpenAIOptions): Layer.Layer<never, never, HttpServer.HttpServer> =>
  HttpRouter.serve(layer(options), { disableLogger: true, disableListenLog: true })
