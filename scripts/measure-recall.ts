/**
 * Measures the local parser against `groundtruth/` of a corpus: the share of its words that the parsed Markdown contains.
 */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Path, Stream } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { DocumentParserLocal } from "../layers/DocumentParser/Local.ts"
import { DocumentParser } from "../services/DocumentParser.ts"
import { DocumentId, JobId, localUserId } from "../src/domain/Ids.ts"
import { stringOf } from "../src/domain/text.ts"

const leastMean = 0.95
const leastFile = 0.85

const measure = Effect.fn("measureRecall")(function*(corpus: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const parser = yield* DocumentParser
  const documents = yield* fs.readDirectory(path.join(corpus, "good"))
  const truths = (yield* fs.readDirectory(path.join(corpus, "groundtruth"))).sort()
  return yield* Effect.forEach(truths, (truth) =>
    Effect.gen(function*() {
      const name = path.basename(truth, ".md")
      const file = documents.find((each) => each === name || each.replace(/\.[^.]+$/, "") === name)
      if (file === undefined) return { file: name, words: 0, recall: 0, message: "no such document" }
      const content = yield* fs.readFile(path.join(corpus, "good", file))
      const parsed = yield* parser.result("local:recall", {
        jobId: JobId.make("00000000-0000-4000-8000-000000000000"),
        documentId: DocumentId.make("00000000-0000-4000-8000-000000000000"),
        userId: localUserId,
        filename: file,
        mediaType: "application/octet-stream",
        bytes: content.length,
        content: Stream.make(content)
      })
      const expected = words(yield* fs.readFileString(path.join(corpus, "groundtruth", truth)))
      return { file, words: expected.length, recall: recall(expected, words(stringOf(parsed?.markdown))) }
    }).pipe(
      Effect.catchTag("PermanentError", ({ message }) => Effect.succeed({ file: truth, words: 0, recall: 0, message }))
    ))
})

// HTML comments (page marks, places of images) are not words of a document.
const words = (markdown: string): ReadonlyArray<string> =>
  markdown.replaceAll(/<!--[\s\S]*?-->/g, " ").normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? []

const recall = (expected: ReadonlyArray<string>, found: ReadonlyArray<string>): number => {
  const left = new Map<string, number>()
  for (const word of found) left.set(word, (left.get(word) ?? 0) + 1)
  let hits = 0
  for (const word of expected) {
    const count = left.get(word) ?? 0
    if (count === 0) continue
    hits++
    left.set(word, count - 1)
  }
  return expected.length === 0 ? 1 : hits / expected.length
}

const command = Command.make(
  "measure-recall",
  {
    corpus: Argument.Directory("corpus").pipe(Argument.withDefault("../shared/corpus")),
    json: Flag.Boolean("json").pipe(Flag.withDefault(false))
  },
  Effect.fnUntraced(function*({ corpus, json }) {
    const files = yield* measure(corpus)
    const mean = files.reduce((sum, file) => sum + file.recall, 0) / files.length
    const ok = files.length > 0 && mean >= leastMean && files.every((file) => file.recall >= leastFile)
    yield* json
      ? Console.log(JSON.stringify({ ok, mean, files }))
      : Effect.forEach(
        [...files, { file: "mean", recall: mean }],
        (each) => Console.log(`${each.recall.toFixed(4)}  ${each.file}${"message" in each ? `  ${each.message}` : ""}`)
      )
    if (!ok) return yield* Effect.fail(`The mean must be at least ${leastMean}, each file at least ${leastFile}.`)
  })
)

command.pipe(
  Command.run({ version: "1.0.0" }),
  Effect.provide([NodeServices.layer, DocumentParserLocal()]),
  NodeRuntime.runMain
)
