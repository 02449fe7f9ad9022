/**
 * Makes the client's address the request's own where a proxy of ours tells it, before anything looks at it: limits, log lines
 * and the span then name the client. `peerAddress` stays that of the proxy.
 */
import { Effect, Option } from "effect"
import { HttpMiddleware, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { clientOf, type TrustedProxies } from "../../domain/TrustedProxies.ts"

/** For `HttpRouter.serve`. The span of the server itself, which knows the peer alone, has to be off. */
export const behindProxies =
  (proxies: TrustedProxies) => <E, R>(app: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    HttpMiddleware.tracer(app).pipe(
      Effect.provideService(HttpMiddleware.TracerDisabledWhen, () => false),
      Effect.updateService(HttpServerRequest.HttpServerRequest, (request) =>
        Option.match(request.remoteAddress, {
          onNone: () => request,
          onSome: (peer) =>
            request.modify({
              remoteAddress: Option.some(clientOf(proxies, peer, request.headers)),
              peerAddress: request.remoteAddress
            })
        }))
    )
