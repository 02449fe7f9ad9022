/** Finds nothing wrong. */
import { DateTime, Effect, Layer } from "effect"
import { Diagnosis } from "../../services/Diagnosis.ts"

export const DiagnosisMemory = Layer.succeed(Diagnosis, {
  schema: Effect.succeed([]),
  pipeline: Effect.succeed([]),
  installation: Effect.succeed({ postgres: "15.20", pgvector: "0.8.0", migration: 1, objects: [] }),
  sight: Effect.succeed({
    role: "accessa_service",
    login: "accessa",
    powers: [],
    hears: true,
    postgres: "15.20",
    pgvector: "0.8.0",
    findings: [],
    trespasses: [],
    roundTripMs: 1
  }),
  now: DateTime.now
})
