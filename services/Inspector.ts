/** Looks around from where this process stands: its database, its storage, its providers and its addresses, with its own keys. */
import { Context, type Effect } from "effect"
import type { Inspection } from "../src/domain/Inspection.ts"

export class Inspector extends Context.Service<Inspector, {
  /** Takes seconds, and buys one token. */
  readonly look: Effect.Effect<Inspection>
}>()("accessa/services/Inspector") {}
