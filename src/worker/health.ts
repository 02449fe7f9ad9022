/** What a worker answers without the API: whether it claims jobs (`GET /health`, 503 if it does not), and its metrics. */
import { Duration, Effect, Layer, Option } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { type MetricsAccess, metricsRoute } from "../../otel/metrics/endpoint.ts"
import { httpRequests } from "../../otel/metrics/httpRequests.ts"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { atLeast } from "../domain/Principal.ts"
import { Leases } from "../policy/leases.ts"
import { Worker } from "./Worker.ts"

/**
 * The content of its heartbeat row, and when the database last took it and answered a claim. Asks nothing of the database
 * itself, so that many probes cost nothing.
 */
const health = HttpRouter.add(
  "GET",
  "/health",
  Effect.gen(function*() {
    const worker = yield* Worker
    const report = yield* worker.report
    const { claim, heartbeat } = yield* worker.signsOfLife
    const { silentAfter } = yield* Leases
    const isSilent = Duration.isGreaterThan(Duration.max(claim, heartbeat), silentAfter)
    return HttpServerResponse.jsonUnsafe(
      {
        worker_id: report.workerId,
        state: report.state,
        jobs: report.holds.length,
        stale_writes: report.staleWrites,
        version: report.version,
        heartbeat_seconds_ago: Math.round(Duration.toSeconds(heartbeat)),
        claim_seconds_ago: Math.round(Duration.toSeconds(claim))
      },
      { status: report.state === "running" && !isSilent ? 200 : 503 }
    )
  })
)

const metrics = (access: MetricsAccess) =>
  Layer.unwrap(
    Effect.map(ApiKeys, (keys) =>
      metricsRoute(access, (credential) =>
        Effect.map(
          keys.authenticate(credential),
          Option.exists(({ role }) => atLeast(role, "operator"))
        )))
  )

export const WorkerHealth = (access: MetricsAccess) =>
  HttpRouter.serve(Layer.mergeAll(health, metrics(access), httpRequests), {
    disableLogger: true,
    disableListenLog: true
  })
