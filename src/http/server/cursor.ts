/** Cursors that callers hand back as they got them: the place a page ended at, in base64url. */
import { Effect, Schema } from "effect"
import { Correlation } from "../../api/Correlation.ts"
import { BadRequest } from "../../api/Problem.ts"

export const toCursor = (place: string | number): string => Buffer.from(String(place)).toString("base64url")

/** Undefined for the first page. */
export const fromCursor = <A>(schema: Schema.Codec<A, string>) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return Effect.fnUntraced(function*(cursor: string | undefined) {
    if (cursor === undefined) return undefined
    const correlation_id = yield* Correlation
    return yield* Effect.mapError(decode(Buffer.from(cursor, "base64url").toString()), () =>
      new BadRequest({
        code: "BAD_REQUEST",
        detail: "The cursor is not one of this API's.",
        errors: [{ pointer: "/query/cursor", detail: "Take it from next_cursor of the page before." }],
        correlation_id
      }))
  })
}
