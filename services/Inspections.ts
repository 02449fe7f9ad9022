/** Inspections that an admin requested of the workers. One worker makes each, from its own surroundings. */
import { Context, type Effect, type Option, type Stream } from "effect"
import type { WorkerId } from "../src/domain/Ids.ts"
import type { Inspection, InspectionId, InspectionOrder } from "../src/domain/Inspection.ts"
import type { By } from "../src/domain/Principal.ts"
import type { ServiceError } from "../src/domain/ServiceError.ts"

export class Inspections extends Context.Service<Inspections, {
  /** Wakes the workers, and records the order in the audit log. Deletes orders of earlier days. */
  readonly order: (by: By) => Effect.Effect<InspectionOrder, ServiceError>
  readonly find: (id: InspectionId) => Effect.Effect<Option.Option<InspectionOrder>, ServiceError>
  /** The oldest order that no worker has taken. None if there is none: an order is only valid for a minute. */
  readonly take: (worker: WorkerId) => Effect.Effect<Option.Option<InspectionId>, ServiceError>
  /** The result of an order that this worker has taken. */
  readonly report: (id: InspectionId, report: Inspection) => Effect.Effect<void, ServiceError>
  /** Emits whenever there may be a new order. */
  readonly wakeups: Stream.Stream<void, ServiceError>
}>()("accessa/services/Inspections") {}
