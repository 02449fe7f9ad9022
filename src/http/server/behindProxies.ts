/**
 * Replaces the request's address with the client address given by a trusted proxy, before anything else uses it: limits,
 * log lines and spans then name the client. `peerAddress` remains the proxy's.
 */
import { Effect, Option } from "effect"
import { HttpMiddleware, HttpServerRequest, type HttpServerResponse } from "effect/http"
import { clientOf, type TrustedProxies } from "../../domain/TrustedProxies.ts"

/** For `HttpRouter.serve`. The server's own span must be off, because it only knows the peer. */
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
