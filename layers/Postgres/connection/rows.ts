/** Runs statements for the ports: failures become service errors, rows are decoded. */
import { Duration, Effect, Exit, Schema } from "effect"
import { SqlError } from "effect/sql"
import { addToGauge, recordAll } from "../../../otel/metrics/record.ts"
import { PermanentError, type ServiceError } from "../../../src/domain/ServiceError.ts"
import { SlowStatement } from "../../../src/policy/statements.ts"
import { toServiceError } from "./sqlErrors.ts"

/** Runs a statement whose rows need no decoding. Errors other than the database's stay as they are. */
export const run = <A, E, R>(statement: Effect.Effect<A, E | SqlError.SqlError, R>) =>
  measured(Effect.catchIf(statement, SqlError.isSqlError, (error) => Effect.fail(toServiceError(error))))

/** With the wait for a connection, which the caller waits for as well. */
const measured = <A, E, R>(call: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(SlowStatement, (slow) => {
    const start = performance.now()
    const ended = (exit: Exit.Exit<A, E>) =>
      recordAll((record) => {
        const took = performance.now() - start
        record.add("accessa_database_calls_in_flight", {}, -1)
        const outcome = Exit.isSuccess(exit) ? "ok" : "failed"
        record.observe("accessa_database_call_seconds", { outcome }, took / 1_000)
        if (took > Duration.toMillis(slow)) record.count("accessa_database_slow_calls_total", {})
      })
    return Effect.andThen(addToGauge("accessa_database_calls_in_flight", {}, 1), Effect.onExit(call, ended))
  })

/** Runs a statement and decodes each of its rows. */
export const rowsOf = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = decodeRows(schema)
  return <E, R>(statement: Effect.Effect<ReadonlyArray<unknown>, E | SqlError.SqlError, R>) =>
    Effect.flatMap(run(statement), decode)
}

/** Of a statement that always has one row, such as an aggregate: that row, decoded. */
export const rowOf = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = decodeRow(schema)
  return <E, R>(statement: Effect.Effect<ReadonlyArray<unknown>, E | SqlError.SqlError, R>) =>
    Effect.flatMap(run(statement), ([row]) => decode(row))
}

export const decodeRows = <A, I>(schema: Schema.Codec<A, I>) => decodeRow(Schema.Array(schema))

/** A row that does not decode is a bug: the schemas of the table and of the code differ. */
export const decodeRow = <A, I>(schema: Schema.Codec<A, I>) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (row: unknown): Effect.Effect<A, ServiceError> =>
    Effect.mapError(decode(row), (cause) =>
      new PermanentError({
        code: "INTERNAL",
        message: "A row of the database does not have the shape this program expects.",
        cause
      }))
}
