/** What the production-like stack needs of this machine, and what is missing of it. */
import { Config, Effect, Option } from "effect"
import { spawnSync } from "node:child_process"
import { networkInterfaces } from "node:os"
import { postgresPrograms } from "../faults/PostgresServer.ts"
import { findPgbouncer } from "../poolers/Pgbouncer.ts"

const { pgbouncer, postgres } = Effect.runSync(Effect.all({
  pgbouncer: Effect.map(Config.String("PATH"), findPgbouncer),
  postgres: postgresPrograms
}))

/** Not 127.0.0.1: production refuses addresses on the machine itself. */
const address = Option.fromUndefinedOr(
  Object.values(networkInterfaces()).flatMap((each) => each ?? []).find(({ family, internal }) =>
    family === "IPv4" && !internal
  )
)

const hasOpenssl = spawnSync("openssl", ["version"]).status === 0

export const missing = [
  ...postgres === undefined ? ["PostgreSQL's programs are not in PATH or PG_BIN"] : [],
  ...pgbouncer === undefined ? ["pgbouncer is not installed"] : [],
  ...hasOpenssl ? [] : ["openssl is not installed"],
  ...Option.isNone(address) ? ["this machine has no network address"] : []
]

/** None or one. */
export const places = postgres === undefined || pgbouncer === undefined || Option.isNone(address) || !hasOpenssl
  ? []
  : [{ postgres, pgbouncer, address: address.value.address }]
export type Place = typeof places[number]
