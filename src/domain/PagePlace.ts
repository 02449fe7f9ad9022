/** Where a page of rows ended: the last row's time in microseconds since 1970, and its id. Remains valid if that row is deleted. */
import { Schema } from "effect"

export const PagePlace = Schema.String.check(
  Schema.isPattern(/^\d{1,16}\.[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/)
)
export type PagePlace = typeof PagePlace.Type
