/** Runs one case in its own environment and reports the outcome. */
import { NodeHttpClient } from "@effect/platform-node"
import { Cause, Clock, Effect, Layer, Random, Schema } from "effect"
import { type Case, type Need, Unexpected } from "./Case.ts"
import { breaches } from "./invariants.ts"
import { worldLayer } from "./makeWorld.ts"

export const Result = Schema.Struct({
  case: Schema.String,
  title: Schema.String,
  expected: Schema.String,
  seen: Schema.String,
  /** Null: it could not run here, and `seen` says why. */
  ok: Schema.NullOr(Schema.Boolean),
  seed: Schema.Int,
  seconds: Schema.Number,
  repeat: Schema.String
})
export type Result = typeof Result.Type

/** Why the needs of a case are not met; undefined if they are. */
export type Unmet = (need: Need) => string | undefined

export const runCase = Effect.fnUntraced(function*(suite: string, one: Case, seed: number, unmet: Unmet) {
  const start = yield* Clock.currentTimeMillis
  const result = (ok: boolean | null, seen: string, end: number): Result => ({
    case: one.id,
    title: one.title,
    expected: one.expected,
    seen,
    ok,
    seed,
    seconds: Math.round((end - start) / 100) / 10,
    repeat: `pnpm ${suite} ${one.id} --seed ${seed}`
  })
  const missing = one.needs?.map(unmet).find((reason) => reason !== undefined)
  if (missing !== undefined) return result(null, `skipped: ${missing}`, start)
  const minutes = one.minutes ?? 5
  const judged = Effect.gen(function*() {
    const seen = yield* Effect.scoped(one.run).pipe(
      Effect.timeoutOrElse({
        duration: `${minutes} minutes`,
        orElse: () => Effect.fail(new Unexpected({ message: `It has not ended after ${minutes} minutes.` }))
      }),
      Random.withSeed(seed)
    )
    const found = yield* breaches
    if (found.length > 0) return yield* new Unexpected({ message: `${seen} But ${found.slice(0, 5).join("; ")}.` })
    return seen
  })
  return yield* judged.pipe(
    Effect.provide(worldLayer(seed).pipe(Layer.provideMerge(NodeHttpClient.layerUndici))),
    Effect.scoped,
    Effect.exit,
    Effect.flatMap((exit) =>
      Effect.map(
        Clock.currentTimeMillis,
        (end) => exit._tag === "Success" ? result(true, exit.value, end) : result(false, explain(exit.cause), end)
      )
    )
  )
})

const explain = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  return error instanceof Unexpected ? error.message : Cause.pretty(cause).slice(0, 1_000)
}
