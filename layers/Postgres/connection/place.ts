/** A page's end (`src/domain/PagePlace.ts`) in SQL. */
import type { SqlClient } from "effect/sql"

/** Microseconds: a time in milliseconds would put neighbouring rows on both pages or on neither. */
export const placeOf = (createdAt: string, id: string): string =>
  `(extract(epoch FROM ${createdAt}) * 1000000)::bigint::text || '.' || ${id}`

/** Both as values of SQL. */
export const atPlace = (sql: SqlClient.SqlClient, place: string) => {
  const [micros = "", id = ""] = place.split(".")
  return { time: sql`('epoch'::timestamptz + ${micros}::float8 * interval '1 microsecond')`, id: sql`${id}::uuid` }
}
