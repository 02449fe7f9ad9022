/**
 * What telemetry costs: the pipeline with traces at 10 % and metrics that are pushed, and scraped every five seconds, alternating
 * with the pipeline without any of these: two processes that stay, and take turns. Both count and log the same.
 */
import { Console, Effect, Option, Ref, Schedule, type Scope } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClient, HttpClientRequest } from "effect/http"
import { createServer } from "node:http"
import { medianInterval } from "../src/deploy/statistics/medianInterval.ts"
import { embeddingsUrl, startChild } from "./child.ts"
import { freePort } from "./freePort.ts"

const token = "the-token-of-the-benchmark"

const on = (collectorPort: number) => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collectorPort}`,
  OTEL_TRACES_SAMPLER: "parentbased_traceidratio",
  OTEL_TRACES_SAMPLER_ARG: "0.1",
  OTEL_METRIC_EXPORT_INTERVAL: "5000"
})

const confidence = 0.95

export const telemetry = Command.make(
  "telemetry",
  {
    folder: Flag.Directory("folder", { mustExist: true }),
    rounds: Flag.Int("rounds").pipe(
      Flag.withDefault(20),
      Flag.withDescription("Each process takes the folder once in each; 6 at least")
    ),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.telemetry")(function*({ folder, json, rounds }) {
    const collectorPort = yield* freePort
    const received = yield* collector(collectorPort)
    const settings = { OPENAI_API_URL: yield* embeddingsUrl, METRICS_TOKEN: token, LOG_LEVEL: "Warn" }
    const start = Effect.fnUntraced(function*(more: Readonly<Record<string, string>>) {
      const [apiPort, workerPort] = [yield* freePort, yield* freePort]
      const ports = { API_PORT: String(apiPort), WORKER_HEALTH_PORT: String(workerPort) }
      const { pass } = yield* startChild("bench/watchedPipeline.ts", folder, { ...settings, ...ports, ...more })
      return { pass, ports: [apiPort, workerPort] }
    })
    const [without, watched] = [yield* start({}), yield* start(on(collectorPort))]
    const scrapes = yield* Ref.make(0)
    yield* Effect.forkScoped(scraping(scrapes, watched.ports))
    // The first passes compile, and load what the first export needs.
    yield* Effect.repeat(Effect.andThen(without.pass, watched.pass), { times: 2 })

    const throughput: Array<number> = []
    const cpu: Array<number> = []
    for (let round = 0; round < rounds; round++) {
      const [off, on] = round % 2 === 0
        ? yield* Effect.all([without.pass, watched.pass])
        : (yield* Effect.all([watched.pass, without.pass])).toReversed()
      if (off === undefined || on === undefined) continue
      throughput.push(on.docs_per_s / off.docs_per_s)
      cpu.push(on.cpu_s / off.cpu_s)
      if (json) yield* Console.log(JSON.stringify({ off, on }))
    }
    const result = {
      throughput_ratio: ratioOf(throughput),
      cpu_ratio: ratioOf(cpu),
      scrapes: yield* Ref.get(scrapes),
      collector_requests: received()
    }
    yield* Console.log(
      json
        ? JSON.stringify(result)
        : `with telemetry / without: ${result.throughput_ratio} of the throughput, ${result.cpu_ratio} of the CPU; `
          + `${result.scrapes} scrapes, ${result.collector_requests} requests to the collector`
    )
  }, Effect.scoped)
)

const ratioOf = (ratios: ReadonlyArray<number>): string =>
  Option.match(medianInterval(ratios, confidence), {
    onNone: () => "(too few rounds to tell)",
    onSome: ({ high, low, median }) => `${median.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`
  })

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
