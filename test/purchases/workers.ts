/** Workers that share circuits, and their failing calls. */
import { Context, Deferred, Effect, Fiber, Layer, References } from "effect"
import { TestClock } from "effect/testing"
import { Alerts } from "../../services/Alerts.ts"
import { Circuits } from "../../services/Circuits.ts"
import type { Dependency } from "../../src/domain/Dependency.ts"
import type { ErrorCode } from "../../src/domain/ErrorCode.ts"
import { RecoverableError, type ServiceError } from "../../src/domain/ServiceError.ts"
import { CircuitBreakers } from "../../src/purchases/CircuitBreakers.ts"
import { probes } from "../support/builders/circuits.ts"
import { CircuitsMemory } from "../twins/CircuitsMemory.ts"

export const surroundings = Layer.mergeAll(CircuitsMemory, probes, Layer.succeed(References.MinimumLogLevel, "None"))

/** Another worker on the same rows. */
export const aWorker = (name: string) =>
  Effect.map(
    Layer.build(CircuitBreakers.layerWithProbes(`worker:${name}`)),
    (context) => Context.get(context, CircuitBreakers)
  ).pipe(Effect.tap(() => news))

export const denied = (code: ErrorCode, dependency: Dependency) =>
  new RecoverableError({ code, message: "The key is refused.", dependency })
export const broken = new RecoverableError({ code: "EMBED_UNAVAILABLE", message: "503", dependency: "embedder" })

export const calling = () => {
  const calls = { made: 0 }
  return { calls, call: Effect.sync(() => void calls.made++) }
}

export const failWith = (worker: CircuitBreakers["Service"], error: ServiceError) =>
  Effect.flip(worker.guard(["parser", "embedder", "storage"], Effect.fail(error)))

/** Enough time for the other workers to be notified of a change. */
export const news = Effect.repeat(TestClock.adjust("1 millis"), { times: 20 })

export const stateOf = (dependency: Dependency) =>
  Effect.gen(function*() {
    const circuits = yield* Circuits
    return (yield* circuits.list).find((row) => row.dependency === dependency)?.state ?? "closed"
  })

export const openAlerts = Effect.flatMap(Alerts, ({ list }) => list({ which: "open" }))
export const operator = { actor: "key:1", role: "operator", reason: "Topped up.", correlationId: null }

/** A call that fails on demand. */
export const failingLater = Effect.fnUntraced(function*(worker: CircuitBreakers["Service"], error: ServiceError) {
  const ends = yield* Deferred.make<never, ServiceError>()
  const call = yield* Effect.forkChild(Effect.flip(worker.guard(["embedder"], Deferred.await(ends))), {
    startImmediately: true
  })
  return Effect.andThen(Deferred.fail(ends, error), Fiber.join(call))
})
