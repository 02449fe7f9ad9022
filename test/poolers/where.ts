/** What the tests through pgbouncer need, and what is missing of it here. */
import { Config, Effect, Option } from "effect"
import { findPgbouncer } from "./Pgbouncer.ts"

const { program, url } = Effect.runSync(Effect.all({
  program: Effect.map(Config.String("PATH"), findPgbouncer),
  url: Effect.map(Config.option(Config.String("DATABASE_URL")), Option.getOrUndefined)
}))

/** None or one. */
export const places = program === undefined || url === undefined ? [] : [{ program, url }]

/** Why there is none. */
export const missing = [
  ...program === undefined ? ["pgbouncer is not installed"] : [],
  ...url === undefined ? ["DATABASE_URL is not set"] : []
]
