/** Finds nothing wrong. */
import { DateTime, Effect, Layer } from "effect"
import { Diagnosis } from "../../services/Diagnosis.ts"

export const DiagnosisMemory = Layer.succeed(Diagnosis, {
  schema: Effect.succeed([]),
  pipeline: Effect.succeed([]),
  now: DateTime.now
})
