/** Liveness, and readiness: whether accepted uploads will be processed. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiError, HttpApiGroup, OpenApi } from "effect/http-api"
import { RequiredRole } from "./annotations.ts"
import { RequestCorrelationId } from "./Correlation.ts"

/** A process that is stopping still serves for a moment: proxies send new requests elsewhere. */
const Alive = Schema.Struct({ status: Schema.Literals(["ok", "stopping"]) })

/** One check; `detail` says what was found. */
export const ReadinessCheck = Schema.Struct({
  name: Schema.Literals(["database", "storage", "worker", "intake", "providers", "monitor"]),
  ok: Schema.Boolean,
  detail: Schema.String
})
export type ReadinessCheck = typeof ReadinessCheck.Type

const Ready = Schema.Struct({ status: Schema.Literal("ready"), checks: Schema.Array(ReadinessCheck) })

export class NotReady extends HttpApiError.Problem<NotReady>()("NotReady", {
  type: "urn:accessa:problem:not-ready",
  status: 503,
  title: "The service is not ready."
}, {
  detail: Schema.String,
  code: Schema.tag("NOT_READY"),
  class: Schema.tag("recoverable"),
  correlation_id: RequestCorrelationId,
  retry_after_s: Schema.Int,
  checks: Schema.Array(ReadinessCheck)
}) {}

export class HealthGroup
  extends HttpApiGroup.make("health").annotate(OpenApi.Description, "Liveness and readiness.").add(
    HttpApiEndpoint.get("alive", "/health", { success: Alive }).annotate(OpenApi.Summary, "Whether the process runs")
      .annotate(OpenApi.Description, "Does not check the database or other services.")
      .annotate(RequiredRole, "open"),
    HttpApiEndpoint.get("ready", "/health/ready", { success: Ready, error: NotReady }).annotate(
      OpenApi.Summary,
      "Whether uploads will be processed"
    ).annotate(OpenApi.Description, "Checks database, storage, workers and services. 503 names what is missing.")
      .annotate(RequiredRole, "open")
  )
{}
