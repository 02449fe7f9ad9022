/**
 * One circuit breaker for each service behind the pipeline. Each worker counts its own failures; what it concludes is a row
 * that all workers share, so that a service is taken out once, told of once, and tried by one. While all is well nothing is
 * read or written for it.
 */
import { Cause, Clock, Context, Duration, Effect, Exit, Layer, Option, Schedule, Stream } from "effect"
import { type Provider, Providers, type Shutting } from "../../services/Providers.ts"
import type { StaleClaim } from "../domain/Move.ts"
import { type Dependency, RecoverableError, type StageError } from "../domain/StageError.ts"
import {
  circuitsRefreshed,
  failuresToOpen,
  haltCodes,
  haltedFor,
  openFor,
  probePause,
  rateCodes,
  unavailableCode
} from "../policy/breakers.ts"
import { Pipeline } from "./Pipeline.ts"

export class Breakers extends Context.Service<Breakers, {
  /**
   * Runs a call unless its service is out, or one of those that it can not do without: then it fails as recoverable, with the
   * time until the next probe. Only the service itself is judged by what comes of the call.
   */
  readonly guard: <A, R>(
    dependency: Dependency,
    call: Effect.Effect<A, StageError | StaleClaim, R>,
    also?: ReadonlyArray<Dependency>
  ) => Effect.Effect<A, StageError | StaleClaim, R>
  /** Fails like `guard` where that would refuse at once; asks nobody. */
  readonly check: (dependency: Dependency) => Effect.Effect<void, RecoverableError>
}>()("accessa/stages/Breakers") {
  static readonly layer = Layer.effect(Breakers, Effect.suspend(() => makeBreakers))
}

/** A service that is out, by this process's clock. */
interface Shut extends Pick<Provider, "state" | "code" | "message"> {
  readonly probeAt: number
}

const makeBreakers = Effect.gen(function*() {
  const providers = yield* Providers
  const { actor } = yield* Pipeline
  let shut: ReadonlyMap<Dependency, Shut> = new Map()
  const failures = new Map<Dependency, number>()

  const refresh = Effect.gen(function*() {
    const rows = yield* providers.list
    const now = yield* Clock.currentTimeMillis
    shut = new Map(
      rows.flatMap(({ code, dependency, message, probeIn, state }) =>
        probeIn === null ? [] : [[dependency, { state, code, message, probeAt: now + Duration.toMillis(probeIn) }]]
      )
    )
  })
  const quietly = <E extends StageError>(write: Effect.Effect<void, E>) =>
    write.pipe(Effect.catch((error) => Effect.logWarning(`The circuits' rows: ${error.code}: ${error.message}`)))

  const takeOut = Effect.fnUntraced(function*(shutting: Omit<Shutting, "actor">) {
    const { code, dependency, message, probeAfter, state } = shutting
    const known = shut.get(dependency)
    const now = yield* Clock.currentTimeMillis
    // Many calls under way find the same: the first one says it.
    if (known !== undefined && known.state !== "half_open" && known.probeAt > now && known.code === code) return
    shut = new Map(shut).set(dependency, { state, code, message, probeAt: now + Duration.toMillis(probeAfter) })
    failures.delete(dependency)
    yield* Effect.logError(`The ${dependency} is ${state === "halted" ? "halted" : "taken out"}. ${code}: ${message}`)
    yield* quietly(providers.shut({ ...shutting, actor }))
  })

  const backIn = Effect.fnUntraced(function*(dependency: Dependency) {
    const others = new Map(shut)
    others.delete(dependency)
    shut = others
    failures.delete(dependency)
    yield* Effect.logInfo(`The ${dependency} is back in service.`)
    yield* quietly(providers.reopen(dependency, actor))
  })

  /** Whether this call is the probe of a service that is out. */
  const admit = Effect.fnUntraced(function*(dependency: Dependency) {
    const known = shut.get(dependency)
    if (known === undefined) return false
    yield* check(dependency)
    if (yield* providers.takeProbe(dependency, actor)) return true
    yield* refresh
    if (!shut.has(dependency)) return false
    return yield* refused(dependency, known, probePause)
  })

  const check = Effect.fnUntraced(function*(dependency: Dependency) {
    const known = shut.get(dependency)
    if (known === undefined) return
    const left = known.probeAt - (yield* Clock.currentTimeMillis)
    if (left > 0) {
      return yield* refused(dependency, known, known.state === "half_open" ? probePause : Duration.millis(left))
    }
  })

  const learn = Effect.fnUntraced(function*(
    dependency: Dependency,
    isProbe: boolean,
    error: StageError | StaleClaim | undefined
  ) {
    const fault = faultOf(error)
    if (isProbe && fault?.dependency !== dependency) yield* backIn(dependency)
    if (fault === undefined) {
      if (error === undefined || error._tag === "PermanentError") failures.delete(dependency)
      return
    }
    const { code, dependency: at, message } = fault
    if (haltCodes.has(code)) {
      return yield* takeOut({ dependency: at, state: "halted", code, message, failures: 1, probeAfter: haltedFor })
    }
    // What failed on the way is counted where it is called for its own sake.
    if (at !== dependency) return
    const count = (failures.get(at) ?? 0) + 1
    failures.set(at, count)
    if (count < failuresToOpen && !isProbe) return
    yield* takeOut({
      dependency: at,
      state: "open",
      code: unavailableCode[at],
      message: `${code}: ${message}`,
      failures: count,
      probeAfter: openFor
    })
  })

  yield* quietly(refresh)
  yield* Effect.forkScoped(Effect.schedule(quietly(refresh), Schedule.spaced(circuitsRefreshed)))
  yield* providers.changes.pipe(
    Stream.runForEach(() => quietly(refresh)),
    Effect.catch((error) => Effect.logError(`No news of the circuits: ${error.message}`)),
    Effect.forkScoped
  )

  return Breakers.of({
    check,
    guard: (dependency, call, also = []) =>
      Effect.gen(function*() {
        for (const needed of also) yield* check(needed)
        const isProbe = yield* admit(dependency)
        const exit = yield* Effect.exit(call)
        const error = Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.findErrorOption(exit.cause))
        // A call that was interrupted has found out nothing.
        if (Exit.isSuccess(exit) || error !== undefined) yield* learn(dependency, isProbe, error)
        return yield* exit
      })
  })
})

interface Fault {
  readonly dependency: Dependency
  readonly code: StageError["code"]
  readonly message: string
}

/** A bad document says nothing about the service, and whose rate is limited is not out: the job waits as long as it is told. */
const faultOf = (error: StageError | StaleClaim | undefined): Fault | undefined => {
  if (error === undefined || error._tag === "StaleClaim" || error._tag === "PermanentError") return undefined
  const { code, dependency, message } = error
  return dependency === undefined || rateCodes.has(code) ? undefined : { dependency, code, message }
}

const refused = (dependency: Dependency, { code, message }: Shut, retryAfter: Duration.Duration) => {
  const isHalted = code !== null && haltCodes.has(code)
  return Effect.fail(
    new RecoverableError({
      code: isHalted ? code : unavailableCode[dependency],
      message: isHalted
        ? `Every call of the ${dependency} is halted until a person has acted: ${message}`
        : `The circuit to the ${dependency} is open since it failed too often in a row: ${message}`,
      dependency,
      retryAfter
    })
  )
}
