/** Finds nothing wrong. */
import { DateTime, Effect, Layer } from "effect"
import { Diagnosis } from "../../services/Diagnosis.ts"

export const DiagnosisMemory = Layer.succeed(Diagnosis, {
  schema: Effect.succeed([]),
  pipeline: Effect.succeed([]),
  installation: Effect.succeed({ postgres: "15.20", pgvector: "0.8.0", migration: 1, objects: [] }),
  now: DateTime.now
})
