/** Tries to reach an address from this process, over IPv4 and IPv6, and checks its certificate if it has one. */
import { Context, type Effect } from "effect"
import type { Address, Reached } from "../src/domain/Inspection.ts"

export class Reachability extends Context.Service<Reachability, {
  /** Takes seconds at most. An address that cannot be reached is a result, not a failure. */
  readonly check: (address: Address) => Effect.Effect<Reached>
}>()("accessa/services/Reachability") {}
