/** What every process tells of itself. Read when the metrics are, but for the lag, which is sampled. */
import { Effect, Layer } from "effect"
import { performance } from "node:perf_hooks"
import { cpuUsage, memoryUsage } from "node:process"
import { gauges, observe, registerCounter } from "./record.ts"

const sampled = 500

export const processGauges = (version: string) =>
  Layer.effectDiscard(Effect.gen(function*() {
    yield* gauges(
      ["accessa_build_info", { version }, () => 1],
      ["process_start_time_seconds", {}, () => performance.timeOrigin / 1_000],
      ["process_resident_memory_bytes", {}, () => memoryUsage.rss()],
      ["nodejs_heap_size_used_bytes", {}, () => memoryUsage().heapUsed]
    )
    const context = yield* Effect.context<never>()
    const cpu = () => {
      const { system, user } = cpuUsage()
      return (system + user) / 1e6
    }
    registerCounter("process_cpu_seconds_total", {}, cpu, context)
    registerCounter(
      "accessa_event_loop_busy_seconds_total",
      {},
      () => performance.eventLoopUtilization().active / 1_000,
      context
    )
    yield* Effect.suspend(() => {
      const start = performance.now()
      return Effect.andThen(
        Effect.sleep(sampled),
        Effect.suspend(() =>
          observe("accessa_event_loop_lag_seconds", {}, Math.max(0, performance.now() - start - sampled) / 1_000)
        )
      )
    }).pipe(Effect.forever, Effect.forkScoped)
  }))
