/** The checks of `accessa doctor` on Postgres, on the connections for slow reads. */
import { Effect, FileSystem, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Diagnosis } from "../../../services/Diagnosis.ts"
import { PermanentError } from "../../../src/domain/ServiceError.ts"
import { Notifications } from "../connection/listen.ts"
import { rowOf, run } from "../connection/rows.ts"
import { SlowReads } from "../connection/SlowReads.ts"
import { readInstallation } from "./installation.ts"
import { pipelineFindings } from "./pipelineFindings.ts"
import { schemaFindings } from "./schemaFindings.ts"
import { hears, readSession, roundTrip, tryTrespass } from "./sight.ts"

/** `migrations`: the folder of those of this release. */
export const DiagnosisSql = (migrations: string) =>
  Layer.effect(
    Diagnosis,
    Effect.gen(function*() {
      const { sql, turn } = yield* SlowReads
      const fs = yield* FileSystem.FileSystem
      const notifications = yield* Notifications
      const schema = schemaFindings(sql, migrations).pipe(
        Effect.provideService(SqlClient.SqlClient, sql),
        Effect.provideService(FileSystem.FileSystem, fs),
        Effect.catchTag("PlatformError", (cause) =>
          new PermanentError({ code: "INTERNAL", message: "This release's migrations cannot be read.", cause })),
        run,
        turn,
        Effect.withSpan("Diagnosis.schema")
      )
      return Diagnosis.of({
        schema,
        sight: Effect.gen(function*() {
          const session = yield* turn(run(readSession(sql)))
          const roundTripMs = yield* turn(run(roundTrip(sql)))
          const trespasses = yield* turn(run(tryTrespass(sql)))
          // It waits without a statement: others may have their turn.
          const heard = yield* run(hears(sql, notifications))
          return { ...session, roundTripMs, trespasses, hears: heard, findings: yield* schema }
        }).pipe(Effect.withSpan("Diagnosis.sight")),
        pipeline: turn(run(pipelineFindings(sql))).pipe(Effect.withSpan("Diagnosis.pipeline")),
        installation: readInstallation(sql).pipe(
          Effect.provideService(SqlClient.SqlClient, sql),
          run,
          turn,
          Effect.withSpan("Diagnosis.installation")
        ),
        now: sql`SELECT clock_timestamp() AS now`.pipe(
          readNow,
          Effect.map((row) =>
            row.now
          )
        )
      })
    })
  )

const readNow = rowOf(Schema.Struct({ now: Schema.DateTimeUtcFromDate }))
