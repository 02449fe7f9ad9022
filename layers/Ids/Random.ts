/** Identifiers from the operating system's random source. */
import { Effect, Layer } from "effect"
import { randomBytes, randomUUID } from "node:crypto"
import { Ids } from "../../services/Ids.ts"

export const IdsRandom: Layer.Layer<Ids> = Layer.succeed(Ids, {
  uuid: Effect.sync(() => randomUUID()),
  secret: Effect.sync(() => randomBytes(32).toString("hex"))
})
