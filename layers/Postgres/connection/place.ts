/** A page's end (`src/domain/PagePlace.ts`) in SQL. */
import { Option, Struct } from "effect"
import type { SqlClient } from "effect/sql"

/** Microseconds: a time in milliseconds would put neighbouring rows on both pages or on neither. */
export const placeOf = (createdAt: string, id: string): string =>
  `(extract(epoch FROM ${createdAt}) * 1000000)::bigint::text || '.' || ${id}`

/** Both as values of SQL. */
export const atPlace = (sql: SqlClient.SqlClient, place: string) => {
  const [micros = "", id = ""] = place.split(".")
  return { time: sql`('epoch'::timestamptz + ${micros}::float8 * interval '1 microsecond')`, id: sql`${id}::uuid` }
}

/** Of rows that were read with one more than requested, which only tells that there is a next page. */
export const pageOf = <Row extends { readonly place: string }>(rows: ReadonlyArray<Row>, limit: number) => {
  const page = rows.slice(0, limit)
  const end = Option.fromUndefinedOr(rows.length > limit ? page.at(-1) : undefined)
  const next: Option.Option<Row["place"]> = Option.map(end, ({ place }) => place)
  return { page: page.map((row) => Struct.omit(row, ["place"])), next }
}
