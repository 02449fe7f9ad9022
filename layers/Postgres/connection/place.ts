/** Where a page of rows ended: the time and the id of its last row, as `microseconds.id`. */
import type { SqlClient } from "effect/sql"

/** Microseconds: a time in milliseconds would put neighbouring rows on both pages or on neither. */
export const placeOf = (createdAt: string, id: string): string =>
  `(extract(epoch FROM ${createdAt}) * 1000000)::bigint::text || '.' || ${id}`

/** Both as values of SQL. */
export const atPlace = (sql: SqlClient.SqlClient, place: string) => {
  const [micros = "", id = ""] = place.split(".")
  return { time: sql`('epoch'::timestamptz + ${micros}::float8 * interval '1 microsecond')`, id: sql`${id}::uuid` }
}
