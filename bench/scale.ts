/** `pnpm bench scale`: the same documents taken by more and more worker processes, and what each costs Postgres. */
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { embeddingsUrl, medianOf, onServer, requireServer, runChild } from "./child.ts"
import { otherWorkers } from "./concurrent.ts"
import { holdPostgres } from "./cpuShare.ts"
import { makeDocuments } from "./makeDocuments.ts"

const workersOf = (list: string): ReadonlyArray<number> => list.split(",").map(Number).filter((count) => count > 0)

export const workersFlag = (byDefault: string) =>
  Flag.String("workers").pipe(
    Flag.withDescription("How many, one run each"),
    Flag.withDefault(byDefault),
    Flag.map(workersOf)
  )

const shareFlag = (name: string, description: string) =>
  Flag.Finite(name).pipe(Flag.withDescription(description), Flag.optional, Flag.map(Option.getOrUndefined))

export const scale = Command.make(
  "scale",
  {
    workers: workersFlag("1,4,8"),
    documents: Flag.Int("documents").pipe(Flag.withDefault(400)),
    passes: Flag.Int("passes").pipe(
      Flag.withDescription("The documents are taken so often, and the last time counts"),
      Flag.withDefault(1)
    ),
    rounds: Flag.Int("rounds").pipe(Flag.withDefault(1)),
    workerShare: shareFlag("worker-share", "Cores of each worker, for example 0.25; requires root"),
    postgresShare: shareFlag("postgres-share", "Cores of Postgres, if it runs on this machine; requires root"),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.scale")(function*({ documents, json, passes, postgresShare, rounds, workerShare, workers }) {
    yield* requireServer
    const url = yield* embeddingsUrl
    const folder = yield* makeDocuments(documents, 10_000)
    const run = Effect.fnUntraced(function*(count: number) {
      if (postgresShare !== undefined) yield* onServer(holdPostgres(postgresShare))
      const measurement = yield* runChild("bench/ingestBeside.ts", folder, { OPENAI_API_URL: url }, {
        beside: otherWorkers(count, workerShare),
        passes,
        workers: count
      })
      const { docs_per_s, postgres_cpu_s = Number.NaN, requests, transactions = Number.NaN } = measurement
      const row = {
        workers: count,
        docs_per_s,
        postgres_ms_per_doc: 1_000 * postgres_cpu_s / documents,
        transactions_per_doc: transactions / documents,
        requests
      }
      yield* Console.error(json ? JSON.stringify(row) : rowOf([row]).join("  "))
      return row
    }, Effect.scoped)
    const rows: Array<Row> = []
    for (let round = 0; round < rounds; round++) {
      for (const count of round % 2 === 0 ? workers : workers.toReversed()) rows.push(yield* run(count))
    }
    const medians = workers.map((count) => rowOf(rows.filter((row) => row.workers === count)))
    yield* Console.log([head, head.map(() => "---"), ...medians].map((row) => `| ${row.join(" | ")} |`).join("\n"))
  }, Effect.scoped)
)

interface Row {
  readonly workers: number
  readonly docs_per_s: number
  readonly postgres_ms_per_doc: number
  readonly transactions_per_doc: number
  readonly requests: number
}

const head = ["workers", "documents/s", "Postgres, CPU ms per document", "transactions per document", "requests"]

/** The medians of runs with as many workers. */
const rowOf = (rows: ReadonlyArray<Row>) => {
  const median = (field: keyof Row, digits: number) => medianOf(rows.map((row) => row[field])).toFixed(digits)
  return [
    median("workers", 0),
    median("docs_per_s", 0),
    median("postgres_ms_per_doc", 2),
    median("transactions_per_doc", 2),
    median("requests", 0)
  ]
}
