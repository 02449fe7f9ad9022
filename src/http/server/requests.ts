/**
 * Around every request, on any route: its correlation id, the security headers, and a problem for any response without a
 * body of its own.
 */
import { ByteSize, Cause, Effect, Option } from "effect"
import {
  HttpIncomingMessage,
  HttpRouter,
  HttpServerError,
  HttpServerRequest,
  HttpServerRespondable,
  HttpServerResponse,
  ProblemDetails
} from "effect/http"
import { describeSpan, spanAttributes } from "../../../otel/names/attributes.ts"
import { withLogFields } from "../../../otel/names/logFields.ts"
import { requester } from "../../../otel/shared.ts"
import { Ids } from "../../../services/Ids.ts"
import { Correlation, correlationHeader, TraceUrl, traceUrlOf } from "../../api/Correlation.ts"
import { BadRequest, Internal, MethodNotAllowed, NotFound, TooLarge, UnsupportedMedia } from "../../api/Problem.ts"
import { securityHeaders, transportSecurity } from "../../policy/securityHeaders.ts"
import { correlationOf } from "../middleware/correlation.ts"
import { HttpOptions } from "./HttpOptions.ts"
import { methodsOf } from "./methods.ts"

/** For everything except uploads, which set their own limit. */
const maxBody = ByteSize.mebibytes(1)

export const requests = HttpRouter.middleware(
  Effect.map(
    Effect.all({ ids: Ids, options: HttpOptions }),
    ({ ids, options }) => (app) =>
      Effect.gen(function*() {
        const headers = { ...securityHeaders, ...transportSecurity(options.publicUrl) }
        const request = yield* HttpServerRequest.HttpServerRequest
        const id = yield* Effect.provideService(correlationOf(request), Ids, ids)
        yield* describeSpan({ "correlation.id": id })
        const client = Option.getOrUndefined(request.remoteAddress)
        const answer = isHostless(request) ? HttpServerRespondable.toResponse(hostless()) : app
        return yield* answer.pipe(
          Effect.catchCause((cause) => Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : respond(cause)),
          Effect.flatMap((response) => isBare(response) ? generic(request, response.status) : Effect.succeed(response)),
          Effect.map((response) =>
            HttpServerResponse.setHeaders(response, { ...headers, [correlationHeader]: id, ...response.headers })
          ),
          Effect.provideService(Correlation, id),
          Effect.provideService(
            TraceUrl,
            Option.flatMapNullishOr((yield* requester).span, ({ traceId }) => traceUrlOf(options.traceUrl, traceId))
          ),
          Effect.provideService(HttpIncomingMessage.MaxBodySize, maxBody),
          withLogFields({ correlation_id: id, client_address: client }),
          Effect.annotateSpans(spanAttributes({ "correlation.id": id }))
        )
      })
  ),
  { global: true }
)

/** HTTP/1.1 requires the header; Node's own refusal has no body. */
const isHostless = ({ headers, source }: HttpServerRequest.HttpServerRequest): boolean =>
  headers["host"] === undefined && "httpVersion" in source && source.httpVersion === "1.1"

const hostless = () => {
  const detail = "HTTP/1.1 requires the header Host."
  return new BadRequest({ code: "BAD_REQUEST", detail, errors: [{ pointer: "/headers/host", detail }] })
}

const respond = Effect.fnUntraced(function*(cause: Cause.Cause<unknown>) {
  const [response] = yield* HttpServerError.causeResponse(cause)
  if (response.status >= 500) yield* Effect.logError("A request ended in a defect", cause)
  return response
})

const isBare = ({ body, status }: HttpServerResponse.HttpServerResponse): boolean =>
  status >= 400 && (body._tag === "Empty" || !(body.contentType ?? "").startsWith(ProblemDetails.contentType))

/** Another method of a known path is 405, and OPTIONS lists the methods; neither reads anything. */
const generic = (request: HttpServerRequest.HttpServerRequest, status: number) => {
  const methods = status === 404 ? methodsOf(request.url) : []
  if (methods.length === 0 || methods.includes(request.method) && request.method !== "OPTIONS") {
    return HttpServerRespondable.toResponse(genericProblem(request, status))
  }
  const allow = methods.join(", ")
  if (request.method === "OPTIONS") return Effect.succeed(HttpServerResponse.empty({ status: 204, headers: { allow } }))
  const detail = `${request.url.split("?")[0]} has the methods ${allow}, not ${request.method}.`
  return Effect.map(
    HttpServerRespondable.toResponse(new MethodNotAllowed({ detail })),
    HttpServerResponse.setHeader("allow", allow)
  )
}

const genericProblem = (request: HttpServerRequest.HttpServerRequest, status: number) => {
  switch (status) {
    case 404: {
      const path = request.url.split("?")[0]
      return new NotFound({
        code: "NOT_FOUND",
        detail: `There is no ${request.method} ${path}; see /docs.`
      })
    }
    case 413:
      return new TooLarge({
        code: "BODY_TOO_LARGE",
        detail: "The body is larger than this route accepts."
      })
    case 415: {
      const type = request.headers["content-type"] ?? "none"
      const detail = `This route does not accept the content type ${type.slice(0, 100)}.`
      return new UnsupportedMedia({ code: "UNSUPPORTED_TYPE", detail })
    }
    default:
      return status < 500
        ? new BadRequest({ code: "BAD_REQUEST", detail: "The request cannot be read.", errors: [] })
        : new Internal({ detail: "The request could not be carried out." })
  }
}
