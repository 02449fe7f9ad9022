/** Reports what this process sees of its database, storage, providers and addresses, using its own keys. */
import { Context, type Effect } from "effect"
import type { Inspection } from "../src/domain/Inspection.ts"

export class Inspector extends Context.Service<Inspector, {
  /** Takes seconds, and buys one token. */
  readonly look: Effect.Effect<Inspection>
}>()("accessa/services/Inspector") {}
