/** Paged lists: callers hand a cursor back as they got it; it is the place where a page ended, in base64url. */
import { Effect, Schema } from "effect"
import { BadRequest } from "../../api/Problem.ts"

export const toCursor = (place: string | number): string => Buffer.from(String(place)).toString("base64url")

/** Undefined for the first page. */
export const fromCursor = <A>(schema: Schema.Codec<A, string>) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return (cursor: string | undefined) =>
    cursor === undefined
      ? Effect.succeed(undefined)
      : Effect.mapError(decode(Buffer.from(cursor, "base64url").toString()), invalidCursor)
}

const invalidCursor = () =>
  new BadRequest({
    code: "BAD_REQUEST",
    detail: "The cursor is not valid.",
    errors: [{ pointer: "/query/cursor", detail: "Take it from next_cursor of the previous page." }]
  })

/** Turns `limit + 1` rows into a page and, if there is an extra row, the cursor of the next page. */
export const pageOf = <A>(rows: ReadonlyArray<A>, limit: number, place: (last: A) => string | number) => {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return { page, nextCursor: last !== undefined && rows.length > limit ? toCursor(place(last)) : null }
}
