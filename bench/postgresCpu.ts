/** What the database server spends, if it runs on this machine: all of its processes, with those that have ended. */
import { Effect, FileSystem, Option } from "effect"
import { SqlClient } from "effect/sql"

/** In seconds since its start. */
export const postgresCpu = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const fs = yield* FileSystem.FileSystem
  const [backend] = yield* sql<{ readonly pid: number }>`SELECT pg_backend_pid() AS pid`
  const statOf = (pid: string) => Effect.option(fs.readFileString(`/proc/${pid}/stat`))
  const own = Option.flatMap(yield* statOf(String(backend?.pid)), readStat)
  if (Option.isNone(own)) return Option.none<number>()
  const server = own.value.parent
  let ticks = 0
  for (const pid of (yield* fs.readDirectory("/proc")).filter((name) => /^\d+$/.test(name))) {
    const found = Option.getOrUndefined(Option.flatMap(yield* statOf(pid), readStat))
    if (pid === server) ticks += (found?.ticks ?? 0) + (found?.ofEnded ?? 0)
    else if (found?.parent === server) ticks += found.ticks
  }
  return Option.some(ticks / ticksPerSecond)
})

const ticksPerSecond = 100

/** None if it is not of Postgres: the server may run elsewhere, under the number of another process here. */
const readStat = (stat: string) => {
  const [, name, rest = ""] = /^\d+ \((.*)\) \S (.*)$/su.exec(stat) ?? []
  const [parent = "", ...fields] = rest.split(" ")
  const sum = (from: number) => Number(fields[from]) + Number(fields[from + 1])
  return name === "postgres" ? Option.some({ parent, ticks: sum(9), ofEnded: sum(11) }) : Option.none()
}
