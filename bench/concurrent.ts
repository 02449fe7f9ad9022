/** `pnpm bench concurrent`: documents taken by several worker processes at once, on the server of DATABASE_URL. */
import { Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import { asWorker, embeddingsUrl, requireServer, runChild } from "./child.ts"
import { cpuShare } from "./cpuShare.ts"
import { freePort } from "./freePort.ts"
import { comparedFlags } from "./large.ts"
import { makeDocuments } from "./makeDocuments.ts"
import { compareWithRecorded } from "./recorded.ts"

/** Beside the measured process, each with so many cores if a share is given. */
export const otherWorkers = (count: number, share?: number) => (environment: Readonly<Record<string, string>>) =>
  Effect.gen(function*() {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    for (let index = 0; index < count; index++) {
      const worker = yield* spawner.spawn(
        ChildProcess.make("node", [...asWorker, "src/bin/worker.ts"], {
          env: { ...environment, WORKER_HEALTH_PORT: String(yield* freePort), LOG_LEVEL: "Error" },
          extendEnv: true,
          stdout: "ignore",
          stderr: "inherit"
        })
      )
      if (share !== undefined) yield* Effect.flatMap(cpuShare(`worker-${index}`, share), (hold) => hold(worker.pid))
    }
    return yield* Effect.never
  }).pipe(Effect.scoped)

export const concurrent = Command.make(
  "concurrent",
  {
    ...comparedFlags,
    workers: Flag.Int("workers").pipe(Flag.withDefault(3)),
    documents: Flag.Int("documents").pipe(Flag.withDefault(200))
  },
  Effect.fn("bench.concurrent")(function*({ documents, workers, ...flags }) {
    yield* requireServer
    const url = yield* embeddingsUrl
    const folder = yield* makeDocuments(documents, 10_000)
    yield* compareWithRecorded({
      ...flags,
      name: `concurrent, ${documents} documents, ${workers} workers`,
      run: Effect.map(
        runChild("bench/ingestPipeline.ts", folder, { OPENAI_API_URL: url }, {
          beside: otherWorkers(workers - 1),
          workers
        }),
        ({ wall_s }) => 1_000 * wall_s
      )
    })
  }, Effect.scoped)
)
