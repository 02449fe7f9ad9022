/** `GET /health` of a worker: the content of its heartbeat row, without the database. 503 once it stops claiming jobs. */
import { Effect } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { Worker } from "./Worker.ts"

export const WorkerHealth = HttpRouter.serve(
  HttpRouter.add(
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
  ),
  { disableLogger: true, disableListenLog: true }
)
