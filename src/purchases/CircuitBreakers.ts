/**
 * One circuit per dependency. A failed call is followed by a probe, which does not depend on any document: only if that
 * fails, too, is the circuit tripped or halted, for all processes, in a shared row. One of them then probes until the
 * dependency is back. A closed circuit costs no reads or writes.
 *
 * We do not use `effect/persistence/CircuitBreaker`: it writes to its store around every call, takes callers' failures as
 * evidence, uses one of their paid calls as the probe, and has neither halt nor reset. Its generations are adopted here.
 */
import { Clock, Context, Duration, Effect, Fiber, FiberMap, Layer, Option, Queue, Schedule, Stream } from "effect"
import { Circuits } from "../../services/Circuits.ts"
import type { Dependency } from "../domain/Dependency.ts"
import { errorCodes } from "../domain/ErrorCode.ts"
import type { StaleClaim } from "../domain/Move.ts"
import type { RecoverableError, ServiceError } from "../domain/ServiceError.ts"
import { circuitsRefreshed, probe } from "../policy/circuits.ts"
import { errorPause } from "../policy/worker.ts"
import {
  blamed,
  findingOf,
  fromRows,
  type LocalCircuit,
  type LocalCircuits,
  ofThisCallAlone,
  refusal,
  unknownCircuit
} from "./LocalCircuit.ts"
import { Probes } from "./Probes.ts"

export class CircuitBreakers extends Context.Service<CircuitBreakers, {
  /** Admits a call, or fails with the time until the next probe. Its result is passed to `judge`. */
  readonly admit: (dependency: Dependency) => Effect.Effect<LocalCircuits, RecoverableError>
  /**
   * What a failed call means once its dependency has been probed: the circuit is no longer closed, or the call's own error.
   * A call admitted under an earlier generation of the circuit is not evidence against the current one.
   */
  readonly judge: (error: ServiceError, admission: LocalCircuits) => Effect.Effect<ServiceError>
  /** Admits a call to all its dependencies and judges its failure. */
  readonly guard: <A, R>(
    needs: ReadonlyArray<Dependency>,
    call: Effect.Effect<A, ServiceError | StaleClaim, R>
  ) => Effect.Effect<A, ServiceError | StaleClaim, R>
}>()("accessa/purchases/CircuitBreakers") {
  /** `actor`: who trips and closes, such as `worker:<id>`. */
  static readonly layerWithProbes = (actor: string) => Layer.effect(CircuitBreakers, makeCircuitBreakers(actor))
  /** Probes through the dependencies' ports. */
  static readonly layer = (actor: string) => Layer.provide(this.layerWithProbes(actor), Probes.layer)
}

/** What a probe found, and under which generation it began. */
interface Found {
  readonly generation: number
  readonly error: ServiceError | undefined
}

const makeCircuitBreakers = Effect.fnUntraced(function*(actor: string) {
  const store = yield* Circuits
  const probes = yield* Probes
  let circuits: LocalCircuits = new Map()
  const wellAt = new Map<Dependency, number>()
  const probing = yield* FiberMap.make<Dependency, Found, never>()
  const changed = yield* Queue.sliding<void>(1)
  const circuitOf = (dependency: Dependency) => circuits.get(dependency) ?? unknownCircuit
  const set = (dependency: Dependency, circuit: LocalCircuit) => {
    circuits = new Map(circuits).set(dependency, circuit)
  }

  const refresh = Effect.gen(function*() {
    circuits = fromRows(yield* store.list, yield* Clock.currentTimeMillis)
    yield* Queue.offer(changed, undefined)
  }).pipe(
    Effect.catch((error) => Effect.logWarning(`Could not read the circuits. ${error.code}: ${error.message}`))
  )
  /** A late or failed write leaves the shared circuit unchanged. */
  const shared = (write: Effect.Effect<boolean, ServiceError>) =>
    write.pipe(
      Effect.flatMap((isCurrent) => isCurrent ? Effect.void : refresh),
      Effect.catch((error) => Effect.logWarning(`Could not write a circuit. ${error.code}: ${error.message}`))
    )

  const open = Effect.fnUntraced(function*(
    dependency: Dependency,
    generation: number,
    error: ServiceError,
    failures: number
  ) {
    const finding = { ...findingOf(dependency, error, failures), generation, actor }
    const { code, message, probeAfter } = finding
    const halts = errorCodes[error.code].circuit === "halts"
    const probeAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(probeAfter)
    const state = halts ? "halted" : "open"
    set(dependency, { state, generation: generation + 1, code, message, failures, probeAt })
    yield* Effect.logError(`The circuit to the ${dependency} is ${state}. ${code}: ${message}`)
    yield* shared(halts ? store.halt(finding) : store.trip(finding))
    yield* Queue.offer(changed, undefined)
  })

  const close = Effect.fnUntraced(function*(dependency: Dependency, generation: number) {
    set(dependency, { ...unknownCircuit, generation: generation + 1 })
    yield* Effect.logInfo(`The circuit to the ${dependency} is closed.`)
    yield* shared(store.close(dependency, generation, actor))
  })

  const probed = Effect.fnUntraced(function*(dependency: Dependency, generation: number) {
    const error = yield* probes.ask(dependency).pipe(
      Effect.match({
        onFailure: (failure) => errorCodes[failure.code].circuit === "rate" ? undefined : failure,
        onSuccess: () => undefined
      })
    )
    if (error === undefined) wellAt.set(dependency, yield* Clock.currentTimeMillis)
    return { generation, error } satisfies Found
  })
  /** One probe at a time, shared by all calls that ask for it. */
  const ask = (dependency: Dependency) =>
    Effect.suspend(() => {
      const underWay = Option.getOrUndefined(FiberMap.getUnsafe(probing, dependency))
      return underWay === undefined
        ? Effect.flatMap(
          FiberMap.run(probing, dependency, probed(dependency, circuitOf(dependency).generation)),
          Fiber.join
        )
        : Fiber.join(underWay)
    })

  /** By a probe of this process. */
  const isWell = (dependency: Dependency) =>
    Effect.map(
      Clock.currentTimeMillis,
      (now) => now - (wellAt.get(dependency) ?? -Infinity) < Duration.toMillis(probe.believed)
    )

  const judge = Effect.fnUntraced(function*(failure: ServiceError, admission: LocalCircuits) {
    const dependency = blamed(failure)
    if (dependency === undefined) return failure
    const { generation, state } = circuitOf(dependency)
    const isEvidence = (admission.get(dependency) ?? unknownCircuit).generation === generation
    if (state === "closed" && isEvidence && !(yield* isWell(dependency))) {
      const found = yield* ask(dependency)
      // Of the calls that share a probe, the first one opens the circuit.
      if (found.error !== undefined && circuitOf(dependency).generation === found.generation) {
        yield* open(dependency, found.generation, found.error, 1)
      }
    }
    const circuit = circuitOf(dependency)
    if (circuit.state !== "closed") return refusal(dependency, circuit, yield* Clock.currentTimeMillis)
    // Another worker, with a key of its own, may have closed the circuit: that does not clear our key.
    return (yield* isWell(dependency)) ? ofThisCallAlone(failure) : failure
  })

  const admit = Effect.fnUntraced(function*(dependency: Dependency) {
    const circuit = circuitOf(dependency)
    if (circuit.state !== "closed") return yield* refusal(dependency, circuit, yield* Clock.currentTimeMillis)
    return circuits
  })

  /** Makes the due probes, each in only one process. */
  const probeAgain = Effect.gen(function*() {
    for (const [dependency, circuit] of circuits) {
      if (circuit.probeAt > (yield* Clock.currentTimeMillis)) continue
      const admitted = yield* store.admitProbe(dependency, actor)
      if (Option.isNone(admitted)) {
        yield* refresh
        continue
      }
      const generation = admitted.value
      set(dependency, { ...circuit, state: "half_open", generation })
      const { error } = yield* ask(dependency)
      yield* error === undefined
        ? close(dependency, generation)
        : open(dependency, generation, error, circuit.failures + 1)
    }
    const now = yield* Clock.currentTimeMillis
    const next = Math.min(...Array.from(circuits.values(), ({ probeAt }) => Math.max(probeAt - now, 100)))
    yield* Number.isFinite(next) ? Effect.timeoutOption(Queue.take(changed), next) : Queue.take(changed)
  }).pipe(
    Effect.catch((error) =>
      Effect.logWarning(`Could not run the due probes. ${error.code}: ${error.message}`).pipe(
        Effect.andThen(Effect.sleep(errorPause))
      )
    )
  )

  // Listens before it reads, so that no change between the two is missed.
  yield* store.changes.pipe(
    Stream.runForEach(() => refresh),
    Effect.catch((error) => Effect.logError(`Cannot listen for circuit changes: ${error.message}`)),
    Effect.forkScoped({ startImmediately: true })
  )
  yield* refresh
  yield* Effect.forkScoped(Effect.schedule(refresh, Schedule.spaced(circuitsRefreshed)))
  yield* Effect.forkScoped(Effect.forever(probeAgain))

  return CircuitBreakers.of({
    admit,
    judge,
    guard: (needs, call) =>
      Effect.gen(function*() {
        for (const needed of needs) yield* admit(needed)
        const admission = circuits
        const judged = (failure: ServiceError) => Effect.flatMap(judge(failure, admission), Effect.fail)
        return yield* Effect.catchTags(call, { TransientError: judged, RecoverableError: judged })
      })
  })
})
