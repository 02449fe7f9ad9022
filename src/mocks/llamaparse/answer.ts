/** Wraps every call of the vendor's API: checks the key, logs the call, applies the scenario. */
import { Clock, Data, Duration, Effect, Stream } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { fitsPattern } from "../../domain/fitsPattern.ts"
import type { LlamaParseCallStep } from "../scenarios/Scenario.ts"
import type { Account } from "./Account.ts"
import { iso } from "./ParseJob.ts"
import { type Refusal, refusal, usualRefusal } from "./Refusal.ts"

type Response = HttpServerResponse.HttpServerResponse
type Request = HttpServerRequest.HttpServerRequest

const notAuthenticated = refusal(401, "Not authenticated")
const invalidKey = refusal(
  401,
  "Invalid API Key. Please check your region: keys of api.cloud.llamaindex.ai and api.cloud.eu.llamaindex.ai differ."
)

const refuseKey = (account: Account, request: Request): Refusal | undefined => {
  const [, key] = /^Bearer (\S+)$/.exec(request.headers["authorization"] ?? "") ?? []
  if (key === undefined) return notAuthenticated
  const { apiKey } = account.options
  return apiKey === undefined || apiKey === key ? undefined : invalidKey
}

const refuse = ({ detail, status }: Refusal): Response => HttpServerResponse.jsonUnsafe({ detail }, { status })

export const answer = <R>(account: Account, handle: (request: Request) => Effect.Effect<Response, Refusal, R>) =>
  Effect.fnUntraced(function*(request: Request) {
    const refused = refuseKey(account, request)
    const response = yield* (refused === undefined ? handle(request) : Effect.fail(refused)).pipe(
      Effect.catch((error) => Effect.succeed(refuse(error)))
    )
    account.calls.add({
      at: iso(yield* Clock.currentTimeMillis),
      method: request.method,
      path: request.url,
      status: response.status
    })
    return response
  })

/** Fails the body's stream, which cuts the connection. */
class ConnectionCut extends Data.TaggedError("ConnectionCut") {}

const lost = HttpServerResponse.stream(Stream.fail(new ConnectionCut()), { contentType: "application/json" })

/** Carries out the call, subject to the scenario. */
export const underScenario = <R>(
  account: Account,
  on: LlamaParseCallStep["on"],
  subject: { readonly filename: string; readonly documentId: string },
  asked: Effect.Effect<Response, Refusal, R>
): Effect.Effect<Response, Refusal, R> =>
  Effect.suspend(() => {
    const step = account.callScript.take((step) =>
      step.on === on && fitsPattern(step.match?.filename, subject.filename) &&
      fitsPattern(step.match?.document_id, subject.documentId)
    )
    if (step === undefined) return asked
    const { delay = Duration.zero, lose_reply, reply } = step
    const done = reply === undefined ? asked : Effect.fail(usualRefusal(reply.status, reply.message))
    return Effect.sleep(delay).pipe(
      Effect.andThen(done),
      Effect.map((response) => lose_reply === true ? lost : response)
    )
  })

export const nothing = { filename: "", documentId: "" }

export const pathParam = (request: Request, index: number): string =>
  decodeURIComponent((request.url.split("?")[0] ?? "").split("/")[index] ?? "")
