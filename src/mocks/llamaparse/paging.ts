/** Pages of a list, newest first. A token names the last item seen, so that new items do not shift the pages. */
import { Effect, Schema } from "effect"
import { HttpServerRequest } from "effect/http"
import { invalidInput, type Refusal } from "./Refusal.ts"

const Paging = Schema.Struct({
  page_size: Schema.optionalKey(
    Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1_000 }))
  ),
  page_token: Schema.optionalKey(Schema.String)
})

const byDefault = 50

export const paged = Effect.fnUntraced(function*<Item extends { readonly id: string }, Body>(
  items: ReadonlyArray<Item>,
  body: (item: Item) => Body
): Effect.fn.Return<object, Refusal, HttpServerRequest.ParsedSearchParams> {
  const query = yield* HttpServerRequest.ParsedSearchParams
  const { page_size = byDefault, page_token } = yield* Schema.decodeUnknownEffect(Paging)(query).pipe(
    Effect.mapError(invalidInput("query", query))
  )
  const from = page_token === undefined ? 0 : items.findIndex(({ id }) => id === page_token) + 1
  const page = items.slice(from, from + page_size)
  const more = from + page.length < items.length
  return {
    items: page.map(body),
    next_page_token: more ? page.at(-1)?.id ?? null : null,
    total_size: items.length
  }
})

/** A parameter that may be repeated, as a list; undefined if it is not there. */
export const repeated = (value: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> | undefined =>
  value === undefined ? undefined : [value].flat()
