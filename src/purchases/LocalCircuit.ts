/** One process's view of a circuit, by its own clock. Pure. */
import { Duration } from "effect"
import type { Circuit, Finding } from "../../services/Circuits.ts"
import { defined } from "../domain/defined.ts"
import type { Dependency } from "../domain/Dependency.ts"
import { dependencyCodes, errorCodes } from "../domain/ErrorCode.ts"
import { RecoverableError, type ServiceError, TransientError } from "../domain/ServiceError.ts"
import { haltedFor, openFor, probePause } from "../policy/circuits.ts"

export interface LocalCircuit extends Pick<Circuit, "state" | "generation" | "code" | "message" | "failures"> {
  /** Infinite while it is closed. */
  readonly probeAt: number
}

/** The views of all dependencies; an admitted call keeps them, to tell what its failure is evidence of. */
export type LocalCircuits = ReadonlyMap<Dependency, LocalCircuit>

export const unknownCircuit: LocalCircuit = {
  state: "closed",
  generation: 0,
  code: null,
  message: null,
  failures: 0,
  probeAt: Infinity
}

export const fromRows = (rows: ReadonlyArray<Circuit>, now: number): LocalCircuits =>
  new Map(rows.map(({ code, dependency, failures, generation, message, probeIn, state }) => [
    dependency,
    {
      state,
      generation,
      code,
      message,
      failures,
      probeAt: probeIn === null ? Infinity : now + Duration.toMillis(probeIn)
    }
  ]))

/** What a failed probe says about its dependency. */
export const findingOf = (dependency: Dependency, error: ServiceError, failures: number) => {
  const halts = errorCodes[error.code].circuit === "halts"
  return {
    dependency,
    code: halts ? error.code : dependencyCodes[dependency].unavailable,
    message: halts ? error.message : `${error.code}: ${error.message}`,
    failures,
    probeAfter: halts ? haltedFor : openFor(failures)
  } satisfies Omit<Finding, "actor" | "generation">
}

/** Why a call is refused, and when to try again. */
export const refusal = (dependency: Dependency, { code, message, probeAt, state }: LocalCircuit, now: number) => {
  const halted = code !== null && errorCodes[code].circuit === "halts"
  return new RecoverableError({
    code: halted ? code : dependencyCodes[dependency].unavailable,
    message: halted
      ? `All calls to the ${dependency} are halted until a person has acted: ${message}`
      : `The circuit to the ${dependency} is open because a probe failed, too: ${message}`,
    dependency,
    retryAfter: state === "half_open" ? probePause : Duration.millis(Math.max(probeAt - now, 1_000))
  })
}

/**
 * A bad document says nothing about a dependency; one that rate-limits us is available; failed database statements are
 * handled separately.
 */
export const blamed = (error: ServiceError): Dependency | undefined =>
  error._tag === "PermanentError" || errorCodes[error.code].circuit === "rate" || error.dependency === "database"
    ? undefined
    : error.dependency

/** If probes succeed, a refusal of one call is retried like any other failure. */
export const ofThisCallAlone = (error: ServiceError): ServiceError => {
  if (error._tag !== "RecoverableError" || errorCodes[error.code].circuit !== "halts") return error
  const { cause, code, dependency, message, requestId, retryAfter } = error
  return new TransientError({
    code,
    message,
    ...defined({ dependency, requestId, retryAfter, cause })
  })
}
