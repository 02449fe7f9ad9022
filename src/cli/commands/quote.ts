/** `accessa ingest --quote`: what the documents would cost. Nothing is stored or bought. */
import { Effect, FileSystem, Path } from "effect"
import { openAsBlob } from "node:fs"
import { Quote } from "../../api/quotes.ts"
import { Client } from "../client/Client.ts"
import { failure } from "../CommandFailure.ts"
import { encoded } from "../encoded.ts"
import type { LocalFile } from "../LocalFile.ts"
import { count, dollars, tokens } from "../terminal/humanize.ts"
import { Output } from "../terminal/Output.ts"
import { printable } from "../terminal/printable.ts"

export const quoteFiles = Effect.fn("cli.quote")(function*(files: ReadonlyArray<LocalFile>) {
  const output = yield* Output
  const { call } = yield* Client
  const paths = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  const quotes = yield* Effect.forEach(
    files,
    Effect.fnUntraced(function*(file) {
      const unreadable = failure("failed", "FILE_UNREADABLE", `${file.name} cannot be read.`, "Check its permissions.")
      yield* fs.access(file.path, { readable: true }).pipe(Effect.mapError(() => unreadable))
      const bytes = yield* Effect.tryPromise({ try: () => openAsBlob(file.path), catch: () => unreadable })
      const form = new FormData()
      form.append("file", bytes, paths.basename(file.name))
      const quote = yield* call((api) => api.quotes.make({ payload: form }))
      yield* output.record(yield* encoded(Quote, quote))
      yield* output.print(line(file.name, quote))
      return quote
    })
  )
  const cost = quotes.reduce((sum, quote) => sum + quote.estimated_cost_usd, 0)
  const left = quotes.at(-1)?.budget_left_usd ?? null
  const budget = left === null ? "" : ` This month's budget has ${dollars(left)} left.`
  yield* output.note(`About ${dollars(cost)} for ${count(quotes.length)} documents; nothing was bought.${budget}`)
})

const line = (name: string, quote: Quote): string => {
  const pages = quote.pages === null ? [] : [quote.pages === 1 ? "1 page" : `${count(quote.pages)} pages`]
  const guess = quote.basis === "size" ? ["guessed from its size"] : []
  return [
    printable(name),
    ...pages,
    `about ${tokens(quote.estimated_tokens)}`,
    `about ${dollars(quote.estimated_cost_usd)}`,
    ...guess
  ].join("  ")
}
