/**
 * Holds processes to a part of a core with a cgroup of Linux, version 1 or 2; this requires root. Without it, workers on one machine
 * take the CPU from each other and from Postgres, and a comparison of few with many shows the scheduler.
 */
import { Effect, FileSystem } from "effect"
import { rmdir } from "node:fs/promises"
import { pid } from "node:process"
import { RunFailed } from "./child.ts"
import { postgresPids } from "./postgresCpu.ts"

/** Microseconds. With a longer one, a backend that is stopped while it holds a lock makes the others wait for the rest of it. */
const period = 5_000

/** Gives processes together so many cores until the scope closes; returns how a process is put among them. */
export const cpuShare = Effect.fnUntraced(
  function*(name: string, cores: number) {
    const fs = yield* FileSystem.FileSystem
    const isFirstVersion = yield* fs.exists("/sys/fs/cgroup/cpu/cpu.cfs_quota_us")
    const root = isFirstVersion ? "/sys/fs/cgroup/cpu" : "/sys/fs/cgroup"
    const group = `${root}/accessa-bench-${pid}-${name}`
    const move = (process: number | string, to: string) => fs.writeFileString(`${to}/cgroup.procs`, String(process))
    yield* Effect.acquireRelease(fs.makeDirectory(group), () =>
      Effect.gen(function*() {
        const members = (yield* fs.readFileString(`${group}/cgroup.procs`)).split("\n").filter((line) => line !== "")
        // Those that have ended since are gone from the group, too.
        for (const process of members) yield* Effect.ignore(move(process, root))
        yield* Effect.tryPromise(() => rmdir(group))
      }).pipe(Effect.ignore({ log: true })))
    const quota = Math.round(cores * period)
    const limits = isFirstVersion
      ? { "cpu.cfs_period_us": `${period}`, "cpu.cfs_quota_us": `${quota}` }
      : { "cpu.max": `${quota} ${period}` }
    for (const [file, value] of Object.entries(limits)) yield* fs.writeFileString(`${group}/${file}`, value)
    return (process: number) => Effect.mapError(move(process, group), refused)
  },
  Effect.mapError((cause) => refused(cause))
)

const refused = ({ message }: { readonly message: string }) =>
  new RunFailed({ message: `CPU shares require root and cgroups of Linux: ${message}` })

/** Holds the server of the current database, if it runs on this machine, and the backends that it will start. */
export const holdPostgres = Effect.fnUntraced(function*(cores: number) {
  const hold = yield* cpuShare("postgres", cores)
  const pids = yield* postgresPids
  if (pids.length === 0) return yield* new RunFailed({ message: "Postgres does not run on this machine." })
  for (const pid of pids) yield* hold(pid)
})
