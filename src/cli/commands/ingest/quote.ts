/** `accessa ingest --quote`: what the documents would cost. Nothing is stored or bought. */
import { Effect, Path } from "effect"
import { Quote } from "../../../api/quotes.ts"
import { cleanName } from "../../../domain/cleanName.ts"
import { Client } from "../../client/Client.ts"
import { failure, failureRecord, failureText } from "../../CommandFailure.ts"
import { encoded } from "../../encoded.ts"
import { count, dollars, tokens } from "../../terminal/humanize.ts"
import { Output } from "../../terminal/Output.ts"
import { printable } from "../../terminal/printable.ts"
import { type Again, retries } from "./again.ts"
import { concernsAll } from "./FileResult.ts"
import { bytesOf, type LocalFile } from "./LocalFile.ts"
import { onceWritten } from "./upload.ts"

export const quoteFiles = Effect.fn("cli.quote")(function*(files: ReadonlyArray<LocalFile>) {
  const output = yield* Output
  const quotes: Array<Quote> = []
  const again = yield* retries()
  for (const file of files) {
    const quoted = yield* Effect.result(quoteFile(file, again))
    if (quoted._tag === "Success") {
      quotes.push(quoted.success)
      yield* output.record(yield* encoded(Quote, quoted.success))
      yield* output.print(line(file.name, quoted.success))
    } else if (concernsAll(quoted.failure)) {
      return yield* quoted.failure
    } else {
      yield* output.print(failureText(quoted.failure, output.style, file.name))
      yield* output.record({ filename: file.name, ...failureRecord(quoted.failure) })
    }
  }
  const cost = quotes.reduce((sum, quote) => sum + quote.estimated_cost_usd, 0)
  const left = quotes.at(-1)?.budget_left_usd ?? null
  const budget = left === null ? "" : ` This month's budget has ${dollars(left)} left.`
  const what = quotes.length === 1 ? "1 document" : `${count(quotes.length)} documents`
  yield* output.note(`About ${dollars(cost)} for ${what}; nothing was bought.${budget}`)
  const bad = files.length - quotes.length
  if (bad > 0) return yield* notQuoted(bad, files.length)
})

const quoteFile = Effect.fnUntraced(function*(file: LocalFile, again: Again) {
  const { call } = yield* Client
  const paths = yield* Path.Path
  const form = new FormData()
  form.append("file", yield* bytesOf(file), cleanName(paths.basename(file.name)))
  return yield* call((api) => api.quotes.make({ payload: form }).pipe(Effect.retry(again)))
}, (quote) => Effect.retry(quote, onceWritten))

const notQuoted = (bad: number, all: number) =>
  failure("failed", "DOCUMENTS_REFUSED", `${bad} of ${all} files have no quote.`, "Follow the advice on each line.")

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
