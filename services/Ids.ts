/** Generates identifiers and secrets; replaceable, so that tests can predict them. */
import { Context, type Effect } from "effect"

export class Ids extends Context.Service<Ids, {
  /** A random UUID. */
  readonly uuid: Effect.Effect<string>
  /** 32 random bytes in hex. */
  readonly secret: Effect.Effect<string>
}>()("accessa/services/Ids") {}
