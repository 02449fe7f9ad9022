/** One circuit per dependency, in rows that all processes share. */
import { Context, type DateTime, type Duration, type Effect, type Option, type Stream } from "effect"
import type { CircuitState } from "../src/domain/Circuit.ts"
import type { Dependency } from "../src/domain/Dependency.ts"
import type { ErrorCode } from "../src/domain/ErrorCode.ts"
import type { By } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export interface Circuit {
  readonly dependency: Dependency
  readonly state: CircuitState
  /** Grows with every transition: observations under an earlier generation do not apply to this one. */
  readonly generation: number
  /** Why the circuit is not closed; null while it is. */
  readonly code: ErrorCode | null
  readonly message: string | null
  /** Failed probes in a row. */
  readonly failures: number
  readonly openedAt: DateTime.Utc | null
  /** When the next probe may be made. */
  readonly probeAt: DateTime.Utc | null
  /** The same as a duration, on the database's clock. */
  readonly probeIn: Duration.Duration | null
  readonly since: DateTime.Utc
  readonly updatedBy: string
  readonly reason: string | null
}

/** What a probe found. */
export interface Finding {
  readonly dependency: Dependency
  /** Of the circuit when the probe began. */
  readonly generation: number
  readonly code: ErrorCode
  readonly message: string
  readonly failures: number
  readonly probeAfter: Duration.Duration
  readonly actor: string
}

export class Circuits extends Context.Service<Circuits, {
  /** One for each dependency. */
  readonly list: Effect.Effect<ReadonlyArray<Circuit>, ServiceError>
  /** Opens the circuit until a probe is due, and raises its alert. False, and nothing changed: the finding's generation is over. */
  readonly trip: (finding: Finding) => Effect.Effect<boolean, ServiceError>
  /** As `trip`, for a dependency that refuses us: a person has to act. */
  readonly halt: (finding: Finding) => Effect.Effect<boolean, ServiceError>
  /** Half-opens a circuit whose probe is due, and answers its generation: to one caller, who makes the probe. */
  readonly admitProbe: (dependency: Dependency, actor: string) => Effect.Effect<Option.Option<number>, ServiceError>
  /**
   * Closes the circuit and its alerts, and makes the jobs due that were parked for it. False, and nothing changed: the
   * generation is over.
   */
  readonly close: (dependency: Dependency, generation: number, actor: string) => Effect.Effect<boolean, ServiceError>
  /** Closes the circuit under any generation, for an operator, whose reason goes to the audit log. None if it was closed. */
  readonly reset: (dependency: Dependency, by: By) => Effect.Effect<Option.Option<Circuit>, ServiceError>
  /** Emits whenever a circuit may have changed. */
  readonly changes: Stream.Stream<void, ServiceError>
}>()("accessa/services/Circuits") {}
