/** `pnpm bench scale`: the same documents taken by more and more worker processes, and what each costs Postgres. */
import { Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { embeddingsUrl, requireServer, runChild } from "./child.ts"
import { otherWorkers } from "./concurrent.ts"
import { makeDocuments } from "./makeDocuments.ts"

const workersOf = (list: string): ReadonlyArray<number> => list.split(",").map(Number).filter((count) => count > 0)

export const workersFlag = (byDefault: string) =>
  Flag.String("workers").pipe(
    Flag.withDescription("How many, one run each"),
    Flag.withDefault(byDefault),
    Flag.map(workersOf)
  )

export const scale = Command.make(
  "scale",
  {
    workers: workersFlag("1,4,8"),
    documents: Flag.Int("documents").pipe(Flag.withDefault(400)),
    passes: Flag.Int("passes").pipe(
      Flag.withDescription("The documents are taken so often, and the last time counts"),
      Flag.withDefault(1)
    ),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fn("bench.scale")(function*({ documents, json, passes, workers }) {
    yield* requireServer
    const url = yield* embeddingsUrl
    const folder = yield* makeDocuments(documents, 10_000)
    for (const count of workers) {
      const { docs_per_s, postgres_cpu_s, requests, transactions } = yield* runChild(
        "bench/ingestPipeline.ts",
        folder,
        {
          OPENAI_API_URL: url
        },
        { beside: otherWorkers(count - 1), passes, workers: count }
      )
      const row = {
        workers: count,
        docs_per_s,
        ...postgres_cpu_s === undefined
          ? {}
          : { postgres_ms_per_doc: Math.round(1e5 * postgres_cpu_s / documents) / 100 },
        ...transactions === undefined ? {} : { transactions_per_doc: Math.round(100 * transactions / documents) / 100 },
        requests
      }
      yield* Console.log(json ? JSON.stringify(row) : row)
    }
  }, Effect.scoped)
)
