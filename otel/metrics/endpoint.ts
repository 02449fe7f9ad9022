/** `GET /metrics` in Prometheus' text format, and who may read it. */
import { Effect, Redacted } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import { createHash, timingSafeEqual } from "node:crypto"

export interface MetricsAccess {
  /** Needs no credential. */
  readonly open: boolean
  readonly token: Redacted.Redacted | undefined
}

const digest = (secret: Redacted.Redacted) => createHash("sha256").update(Redacted.value(secret)).digest()

/** Without a look at any key: who holds the token, or anyone if the metrics are open. */
export const mayScrape = ({ open, token }: MetricsAccess, credential: Redacted.Redacted): boolean =>
  open || (token !== undefined && timingSafeEqual(digest(token), digest(credential)))

export const metricsText = PrometheusMetrics.format()
const metricsType = "text/plain; version=0.0.4; charset=utf-8"

const refusal = (status: number, text: string, headers: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(`${text}\n`, { status, headers })

/** The route of the worker and the monitor. `isOperator` asks whose key it is, and fails if that cannot be determined now. */
export const metricsRoute = <E, R>(
  access: MetricsAccess,
  isOperator: (credential: Redacted.Redacted) => Effect.Effect<boolean, E, R>
) =>
  HttpRouter.add(
    "GET",
    "/metrics",
    Effect.gen(function*() {
      const { headers } = yield* HttpServerRequest.HttpServerRequest
      const given = /^Bearer (\S{1,8192})$/i.exec(headers["authorization"] ?? "")?.[1] ?? ""
      const credential = Redacted.make(given)
      if (!mayScrape(access, credential)) {
        if (given === "") {
          const how = { "www-authenticate": "Bearer realm=\"accessa\"" }
          return refusal(401, "Requires the header Authorization: Bearer with METRICS_TOKEN or an operator's key.", how)
        }
        if (!(yield* isOperator(credential))) {
          return refusal(403, "The credential is neither METRICS_TOKEN nor an operator's key.")
        }
      }
      return HttpServerResponse.text(yield* metricsText, { contentType: metricsType })
    }).pipe(
      Effect.catch(() =>
        Effect.succeed(
          refusal(503, "The key cannot be checked now. METRICS_TOKEN works without the database and the API.")
        )
      )
    )
  )
