/** One line of the ingestion benchmark, and how a run is measured. */
import { Clock, Effect, Option, Schema } from "effect"
import { cpuUsage, resourceUsage } from "node:process"
import { postgresCpu } from "./postgresCpu.ts"

export const variants = ["pipeline", "straight-line"] as const

export const Measurement = Schema.Struct({
  variant: Schema.Literals(variants),
  database: Schema.Literals(["postgres", "pglite"]),
  documents: Schema.Int,
  chunks: Schema.Int,
  docs_per_s: Schema.Number,
  chunks_per_s: Schema.Number,
  tokens_per_s: Schema.Number,
  /** Calls to the embeddings API. */
  requests: Schema.Int,
  wall_s: Schema.Number,
  /** Of this process: the database and the mock have their own. */
  cpu_s: Schema.Number,
  /** Of the database server, if it runs on this machine. */
  postgres_cpu_s: Schema.optionalKey(Schema.Number),
  /** Transactions that wrote something, in all databases of the server. */
  transactions: Schema.optionalKey(Schema.Int),
  /** Peak memory. */
  rss_mb: Schema.Int
})
export type Measurement = typeof Measurement.Type

interface Done extends Pick<Measurement, "transactions"> {
  readonly documents: number
  readonly chunks: number
  readonly tokens: number
  readonly requests: number
}

export const measured = Effect.fnUntraced(function*<E, R>(
  run: Pick<Measurement, "variant" | "database">,
  work: Effect.Effect<Done, E, R>
) {
  const postgres = yield* postgresCpu
  const cpu = cpuUsage()
  const start = yield* Clock.currentTimeMillis
  const { chunks, documents, requests, tokens, ...rest } = yield* work
  const seconds = ((yield* Clock.currentTimeMillis) - start) / 1000
  const spent = cpuUsage(cpu)
  const postgresSpent = Option.zipWith(yield* postgresCpu, postgres, (after, before) => round(after - before))
  const measurement: Measurement = {
    ...run,
    documents,
    chunks,
    docs_per_s: round(documents / seconds),
    chunks_per_s: round(chunks / seconds),
    tokens_per_s: round(tokens / seconds),
    requests,
    ...rest,
    wall_s: round(seconds),
    cpu_s: round((spent.user + spent.system) / 1e6),
    ...Option.match(postgresSpent, { onNone: () => ({}), onSome: (postgres_cpu_s) => ({ postgres_cpu_s }) }),
    rss_mb: Math.round(resourceUsage().maxRSS / 1024)
  }
  return measurement
})

const round = (value: number): number => Math.round(value * 100) / 100
