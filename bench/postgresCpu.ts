/** What the database server spends, if it runs on this machine: all of its processes, with those that have ended. */
import { Effect, FileSystem, Option } from "effect"
import { SqlClient } from "effect/sql"

const processes = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const fs = yield* FileSystem.FileSystem
  const [backend] = yield* sql<{ readonly pid: number }>`SELECT pg_backend_pid() AS pid`
  const statOf = (pid: string) =>
    Effect.map(Effect.option(fs.readFileString(`/proc/${pid}/stat`)), Option.flatMap(readStat))
  const own = yield* statOf(String(backend?.pid))
  if (Option.isNone(own)) return []
  const server = own.value.parent
  const numbers = (yield* fs.readDirectory("/proc")).filter((name) => /^\d+$/.test(name))
  const found = yield* Effect.forEach(
    numbers,
    (pid) => Effect.map(statOf(pid), Option.map((stat) => ({ ...stat, pid })))
  )
  return found.filter(Option.isSome).flatMap(({ value: { ofEnded, parent, pid, ticks } }) =>
    pid === server ? [{ pid, ticks: ticks + ofEnded }] : parent === server ? [{ pid, ticks }] : []
  )
})

/** Empty if the server runs elsewhere. */
export const postgresPids = Effect.map(processes, (found) => found.map(({ pid }) => Number(pid)))

/** In seconds since its start. */
export const postgresCpu = Effect.map(
  processes,
  (found) =>
    found.length === 0 ? Option.none() : Option.some(found.reduce((sum, { ticks }) => sum + ticks, 0) / ticksPerSecond)
)

const ticksPerSecond = 100

/** None if it is not of Postgres: the server may run elsewhere, under the number of another process here. */
const readStat = (stat: string) => {
  const [, name, rest = ""] = /^\d+ \((.*)\) \S (.*)$/su.exec(stat) ?? []
  const [parent = "", ...fields] = rest.split(" ")
  const sum = (from: number) => Number(fields[from]) + Number(fields[from + 1])
  return name === "postgres" ? Option.some({ parent, ticks: sum(9), ofEnded: sum(11) }) : Option.none()
}
