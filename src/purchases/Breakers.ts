/**
 * One circuit breaker for each service behind the pipeline. A call that speaks against a service is checked by one of our own,
 * which no document can make fail: only if that fails too is the service taken out, for all workers, by a row that they share.
 * It is told of once, and one worker asks it again by a call of our own until it is back. While all is well nothing is read or
 * written for it.
 */
import { Clock, Context, Duration, Effect, Fiber, FiberMap, Layer, Option, Queue, Schedule, Stream } from "effect"
import { type Provider, Providers, type Shutting } from "../../services/Providers.ts"
import type { StaleClaim } from "../domain/Move.ts"
import { type Dependency, RecoverableError, type ServiceError, TransientError } from "../domain/ServiceError.ts"
import {
  circuitsRefreshed,
  haltCodes,
  haltedFor,
  openFor,
  probe,
  probePause,
  rateCodes,
  unavailableCode
} from "../policy/breakers.ts"
import { errorPause } from "../policy/worker.ts"
import { WorkerIdentity } from "../stages/WorkerIdentity.ts"
import { Probes } from "./Probes.ts"

export class Breakers extends Context.Service<Breakers, {
  /** Runs a call unless one of the services that it needs is out: then it fails as `check` does. Its own failure is judged. */
  readonly guard: <A, R>(
    needs: ReadonlyArray<Dependency>,
    call: Effect.Effect<A, ServiceError | StaleClaim, R>
  ) => Effect.Effect<A, ServiceError | StaleClaim, R>
  /** Fails as recoverable while the service is out, with the time until it is asked again; asks nobody. */
  readonly check: (dependency: Dependency) => Effect.Effect<void, RecoverableError>
  /**
   * What a failed call means, once the service that it blames has been asked: that the service is out, or else what the call
   * itself said. A refusal by a service that takes our own call is this call's alone, and transient.
   */
  readonly judge: (error: ServiceError) => Effect.Effect<ServiceError>
}>()("accessa/stages/Breakers") {
  static readonly layerWithProbes = Layer.effect(Breakers, Effect.suspend(() => makeBreakers))
  /** Over the ports of the services themselves. */
  static readonly layer = Layer.provide(this.layerWithProbes, Probes.layer)
}

/** A service that is out, by this process's clock. */
interface Shut extends Pick<Provider, "state" | "code" | "message" | "failures"> {
  readonly probeAt: number
}

const makeBreakers = Effect.gen(function*() {
  const providers = yield* Providers
  const probes = yield* Probes
  const { actor } = yield* WorkerIdentity
  let shut: ReadonlyMap<Dependency, Shut> = new Map()
  const wellAt = new Map<Dependency, number>()
  const asking = yield* FiberMap.make<Dependency, ServiceError | undefined, never>()
  const news = yield* Queue.sliding<void>(1)

  const refresh = Effect.gen(function*() {
    const rows = yield* providers.list
    const now = yield* Clock.currentTimeMillis
    shut = new Map(
      rows.flatMap(({ code, dependency, failures, message, probeIn, state }) =>
        probeIn === null
          ? []
          : [[dependency, { state, code, message, failures, probeAt: now + Duration.toMillis(probeIn) }]]
      )
    )
    yield* Queue.offer(news, undefined)
  })
  const quietly = <E extends ServiceError>(write: Effect.Effect<void, E>) =>
    write.pipe(Effect.catch((error) => Effect.logWarning(`The circuits' rows: ${error.code}: ${error.message}`)))

  const takeOut = Effect.fnUntraced(function*(dependency: Dependency, cause: ServiceError, failures: number) {
    const isHalted = haltCodes.has(cause.code)
    const shutting: Omit<Shutting, "actor"> = {
      dependency,
      state: isHalted ? "halted" : "open",
      code: isHalted ? cause.code : unavailableCode[dependency],
      message: isHalted ? cause.message : `${cause.code}: ${cause.message}`,
      failures,
      probeAfter: isHalted ? haltedFor : openFor(failures)
    }
    const { code, message, probeAfter, state } = shutting
    const probeAt = (yield* Clock.currentTimeMillis) + Duration.toMillis(probeAfter)
    shut = new Map(shut).set(dependency, { state, code, message, failures, probeAt })
    yield* Effect.logError(`The ${dependency} is ${isHalted ? "halted" : "taken out"}. ${code}: ${message}`)
    yield* quietly(providers.shut({ ...shutting, actor }))
    yield* Queue.offer(news, undefined)
  })

  const backIn = Effect.fnUntraced(function*(dependency: Dependency) {
    const others = new Map(shut)
    others.delete(dependency)
    shut = others
    yield* Effect.logInfo(`The ${dependency} is back in service.`)
    yield* quietly(providers.reopen(dependency, actor))
  })

  /** What speaks against a service, if anything does. */
  const question = Effect.fnUntraced(function*(dependency: Dependency) {
    const against = yield* probes.ask(dependency).pipe(
      Effect.match({
        onFailure: (error) => rateCodes.has(error.code) ? undefined : error,
        onSuccess: () => undefined
      })
    )
    if (against === undefined) wellAt.set(dependency, yield* Clock.currentTimeMillis)
    return against
  })

  /** One question at a time, however many want to know. */
  const ask = (dependency: Dependency): Effect.Effect<ServiceError | undefined> =>
    Effect.suspend(() => {
      const underWay = Option.getOrUndefined(FiberMap.getUnsafe(asking, dependency))
      return underWay === undefined
        ? Effect.flatMap(FiberMap.run(asking, dependency, question(dependency)), Fiber.join)
        : Fiber.join(underWay)
    })

  const judge = Effect.fnUntraced(function*(error: ServiceError) {
    const dependency = blamed(error)
    if (dependency === undefined) return error
    const now = yield* Clock.currentTimeMillis
    const isWell = now - (wellAt.get(dependency) ?? -Infinity) < Duration.toMillis(probe.believed)
    const known = shut.get(dependency)
    if (known === undefined && !isWell) {
      const against = yield* ask(dependency)
      // Many calls under way find the same: the first one says it.
      if (against !== undefined && !shut.has(dependency)) yield* takeOut(dependency, against, 1)
    }
    const found = shut.get(dependency)
    if (found !== undefined) return refusal(dependency, found, yield* Clock.currentTimeMillis)
    return error._tag === "RecoverableError" && haltCodes.has(error.code) ? asTransient(error) : error
  })

  const check = Effect.fnUntraced(function*(dependency: Dependency) {
    const known = shut.get(dependency)
    if (known !== undefined) return yield* refusal(dependency, known, yield* Clock.currentTimeMillis)
  })

  /** Asks the services that are due to be asked, each by one of all workers. */
  const askAgain = Effect.gen(function*() {
    for (const [dependency, { failures, probeAt }] of shut) {
      if (probeAt > (yield* Clock.currentTimeMillis)) continue
      if (!(yield* providers.takeProbe(dependency, actor))) {
        yield* refresh
        continue
      }
      const against = yield* ask(dependency)
      yield* against === undefined ? backIn(dependency) : takeOut(dependency, against, failures + 1)
    }
    const now = yield* Clock.currentTimeMillis
    const next = Math.min(...[...shut.values()].map(({ probeAt }) => Math.max(probeAt - now, 100)))
    yield* Number.isFinite(next) ? Effect.timeoutOption(Queue.take(news), next) : Queue.take(news)
  }).pipe(
    Effect.catch((error) =>
      Effect.logWarning(`The services that are out were not asked. ${error.code}: ${error.message}`).pipe(
        Effect.andThen(Effect.sleep(errorPause))
      )
    )
  )

  yield* quietly(refresh)
  yield* Effect.forkScoped(Effect.schedule(quietly(refresh), Schedule.spaced(circuitsRefreshed)))
  yield* providers.changes.pipe(
    Stream.runForEach(() => quietly(refresh)),
    Effect.catch((error) => Effect.logError(`No news of the circuits: ${error.message}`)),
    Effect.forkScoped
  )
  yield* Effect.forkScoped(Effect.forever(askAgain))

  return Breakers.of({
    check,
    judge,
    guard: (needs, call) =>
      Effect.gen(function*() {
        for (const needed of needs) yield* check(needed)
        return yield* Effect.catchTags(call, {
          TransientError: (error) => Effect.flatMap(judge(error), Effect.fail),
          RecoverableError: (error) => Effect.flatMap(judge(error), Effect.fail)
        })
      })
  })
})

/** A bad document says nothing about the service, and whose rate is limited is not out: the job waits as long as it is told. */
const blamed = (error: ServiceError): Dependency | undefined =>
  error._tag === "PermanentError" || rateCodes.has(error.code) || error.dependency === "database"
    ? undefined
    : error.dependency

const asTransient = ({ cause, code, dependency, message, requestId, retryAfter }: RecoverableError): TransientError =>
  new TransientError({
    code,
    message,
    ...(dependency === undefined ? {} : { dependency }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(cause === undefined ? {} : { cause })
  })

const refusal = (dependency: Dependency, { code, message, probeAt, state }: Shut, now: number) => {
  const isHalted = code !== null && haltCodes.has(code)
  return new RecoverableError({
    code: isHalted ? code : unavailableCode[dependency],
    message: isHalted
      ? `Every call of the ${dependency} is halted until a person has acted: ${message}`
      : `The circuit to the ${dependency} is open since a call of our own failed, too: ${message}`,
    dependency,
    retryAfter: state === "half_open" ? probePause : Duration.millis(Math.max(probeAt - now, 1_000))
  })
}
