/** The correlation id of a request: the caller's own if it is a UUID, otherwise a new one. */
import { Effect, Option, Schema } from "effect"
import type { HttpServerRequest } from "effect/http"
import { Ids } from "../../../services/Ids.ts"
import { correlationHeader } from "../../api/Correlation.ts"
import { CorrelationId } from "../../domain/Ids.ts"

const decode = Schema.decodeUnknownOption(CorrelationId)

export const correlationOf = Effect.fnUntraced(function*(request: HttpServerRequest.HttpServerRequest) {
  const header = request.headers[correlationHeader]
  const given = header === undefined ? Option.none() : decode(header)
  if (Option.isSome(given)) return given.value
  const { uuid } = yield* Ids
  return CorrelationId.make(yield* uuid)
})
