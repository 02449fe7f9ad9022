/** Tries an address from where this process stands, over each family of addresses, with its certificate if it has one. */
import { Context, type Effect } from "effect"
import type { Address, Reached } from "../src/domain/Inspection.ts"

export class Reachability extends Context.Service<Reachability, {
  /** Within seconds. What cannot be reached is an answer, too. */
  readonly check: (address: Address) => Effect.Effect<Reached>
}>()("accessa/services/Reachability") {}
