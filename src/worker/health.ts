/** What a worker answers without the API: whether it claims jobs (`GET /health`, 503 once it does not), and its metrics. */
import { Effect, Layer, Option } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { type MetricsAccess, metricsRoute } from "../../otel/metrics/endpoint.ts"
import { httpRequests } from "../../otel/metrics/httpRequests.ts"
import { ApiKeys } from "../../services/ApiKeys.ts"
import { atLeast } from "../domain/Principal.ts"
import { Worker } from "./Worker.ts"

/** The content of its heartbeat row, without the database. */
const health = HttpRouter.add(
  "GET",
  "/health",
  Effect.gen(function*() {
    const worker = yield* Worker
    const report = yield* worker.report
    return HttpServerResponse.jsonUnsafe(
      {
        worker_id: report.workerId,
        state: report.state,
        jobs: report.holds.length,
        stale_writes: report.staleWrites,
        version: report.version
      },
      { status: report.state === "running" ? 200 : 503 }
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
