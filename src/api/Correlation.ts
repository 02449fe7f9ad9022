/** The id that follows a request into its rows, spans and log lines: the caller's own if it is a UUID, otherwise a new one. */
import { Context, Effect, Option, Schema } from "effect"
import type { HttpServerRequest } from "effect/http"
import { Ids } from "../../services/Ids.ts"
import { CorrelationId } from "../domain/Ids.ts"

export const correlationHeader = "x-correlation-id"

export class Correlation extends Context.Reference<CorrelationId>("accessa/http/Correlation", {
  defaultValue: () => CorrelationId.make("00000000-0000-0000-0000-000000000000")
}) {}

const decode = Schema.decodeUnknownOption(CorrelationId)

export const correlationOf = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const given = decode(request.headers[correlationHeader]?.toLowerCase())
  if (Option.isSome(given)) return given.value
  const { uuid } = yield* Ids
  return CorrelationId.make(yield* uuid)
})
