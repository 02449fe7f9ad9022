/**
 * What telemetry costs: the pipeline with traces at 10 % and metrics that are pushed, and scraped every five seconds, alternating
 * with the pipeline without any of these. Both count and log the same.
 */
import { Console, Effect, Ref, Schedule, type Scope } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientRequest } from "effect/http"
import { createServer } from "node:http"
import { embeddingsUrl, medianOf, runChild } from "./child.ts"
import { freePort } from "./freePort.ts"

const token = "the-token-of-the-benchmark"

const on = (collectorPort: number) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  OTEL_METRIC_EXPORT_INTERVAL: "5000"
})

export const telemetry = Command.make(
  "telemetry",
  {
    folder: Flag.Directory("folder", { mustExist: true }),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(5)),
    passes: Flag.Int("passes").pipe(
      Flag.withDefault(2),
      Flag.withDescription("Take the folder so often in each run, and measure the last time.")
    ),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.telemetry")(function*({ folder, json, passes, rounds }) {
    const [apiPort, collectorPort, workerPort] = [yield* freePort, yield* freePort, yield* freePort]
    const settings = {
      WORKER_HEALTH_PORT: String(workerPort),
      OPENAI_API_URL: yield* embeddingsUrl,
      API_PORT: String(apiPort),
      METRICS_TOKEN: token,
      LOG_LEVEL: "Warn"
    }
    const received = yield* collector(collectorPort)
    const scrapes = yield* Ref.make(0)
    const run = (more: Readonly<Record<string, string>>) =>
      runChild("bench/watchedPipeline.ts", folder, { ...settings, ...more }, { passes })
    const watched = Effect.raceFirst(run(on(collectorPort)), scraping(scrapes, [workerPort, apiPort]))

    const throughput: Array<number> = []
    const cpu: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      // Whichever comes first has the colder machine.
      const [without, withTelemetry] = round % 2 === 0
        ? yield* Effect.all([run({}), watched])
        : (yield* Effect.all([watched, run({})])).toReversed()
      if (without === undefined || withTelemetry === undefined) continue
      throughput.push(withTelemetry.docs_per_s / without.docs_per_s)
      cpu.push(withTelemetry.cpu_s / without.cpu_s)
      yield* Console.log(JSON.stringify({ off: without, on: withTelemetry }))
    }
    const result = {
      throughput_ratio: medianOf(throughput),
      cpu_ratio: medianOf(cpu),
      scrapes: yield* Ref.get(scrapes),
      collector_requests: received()
    }
    yield* Console.log(
      json
        ? JSON.stringify(result)
        : `with telemetry / without: ${result.throughput_ratio.toFixed(3)} of the throughput, ${
          result.cpu_ratio.toFixed(3)
        } of the CPU; `
          + `${result.scrapes} scrapes, ${result.collector_requests} requests to the collector`
    )
  }, Effect.scoped)
)

/** Reads the metrics of the worker and of the API every five seconds, for as long as they run. */
const scraping = (scrapes: Ref.Ref<number>, ports: ReadonlyArray<number>) =>
  Effect.forEach(ports, (port) =>
    HttpClient.execute(
      HttpClientRequest.get(`http://127.0.0.1:${port}/metrics`).pipe(HttpClientRequest.bearerToken(token))
    ).pipe(
      Effect.flatMap((response) => Effect.as(response.text, response.status === 200 ? 1 : 0)),
      // The process has not begun to listen.
      Effect.orElseSucceed(() => 0),
      Effect.flatMap((read) => Ref.update(scrapes, (count) => count + read))
    )).pipe(Effect.repeat(Schedule.fixed("5 seconds")), Effect.andThen(Effect.never))

/** A collector that takes everything. Answers how many requests came. */
const collector = (port: number): Effect.Effect<() => number, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.callback<{ readonly count: () => number; readonly close: () => void }>((resume) => {
      let requests = 0
      const server = createServer((request, response) => {
        request.resume()
        request.on("end", () => {
          requests++
          response.setHeader("content-type", request.headers["content-type"] ?? "application/json")
          response.end(request.headers["content-type"] === "application/json" ? "{}" : "")
        })
      })
      server.listen(
        port,
        "127.0.0.1",
        () => resume(Effect.succeed({ count: () => requests, close: () => server.close() }))
      )
    }),
    ({ close }) => Effect.sync(close)
  ).pipe(Effect.map(({ count }) => count))
