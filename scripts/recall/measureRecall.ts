/** How much of a text the local parser keeps: the share of the words of a ground truth that the parsed Markdown contains. */
import { Effect, FileSystem, Option, Path, Stream } from "effect"
import { DocumentParser } from "../../services/DocumentParser.ts"
import { DocumentId, JobId, localUserId } from "../../src/domain/Ids.ts"
import { stringOf } from "../../src/domain/text.ts"

export interface FileRecall {
  readonly file: string
  readonly words: number
  readonly recall: number
  /** Why the file could not be measured; its recall is 0. */
  readonly message?: string
}

/** A ground truth is named like its document, with `.md` added or in place of the extension. */
export const measureRecall = Effect.fn("measureRecall")(function*(folders: {
  readonly documents: string
  readonly truths: string
}) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const documents = yield* fs.readDirectory(folders.documents)
  const truths = (yield* fs.readDirectory(folders.truths)).sort()
  return yield* Effect.forEach(truths, (truth) => {
    const name = path.basename(truth, ".md")
    const file = documents.find((each) => each === name || each.replace(/\.[^.]+$/, "") === name)
    return file === undefined
      ? Effect.succeed<FileRecall>({ file: name, words: 0, recall: 0, message: "no such document" })
      : measureFile(path.join(folders.documents, file), path.join(folders.truths, truth))
  })
})

const measureFile = Effect.fnUntraced(
  function*(document: string, truth: string) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const parser = yield* DocumentParser
    const content = yield* fs.readFile(document)
    const parsed = yield* parser.result("local:recall", {
      jobId: JobId.make("00000000-0000-4000-8000-000000000000"),
      documentId: DocumentId.make("00000000-0000-4000-8000-000000000000"),
      userId: localUserId,
      filename: path.basename(document),
      mediaType: "application/octet-stream",
      bytes: content.length,
      content: Stream.make(content)
    })
    const expected = words(yield* fs.readFileString(truth))
    const file = path.basename(document)
    const measured: FileRecall = {
      file,
      words: expected.length,
      recall: recallOf(expected, words(stringOf(Option.getOrThrow(parsed).markdown)))
    }
    return measured
  },
  (self, document) =>
    Effect.catchTag(
      self,
      "PermanentError",
      ({ message }) => Effect.succeed<FileRecall>({ file: document, words: 0, recall: 0, message })
    )
)

// HTML comments (page marks, image placeholders) are not words of a document.
export const words = (markdown: string): ReadonlyArray<string> =>
  markdown.replaceAll(/<!--[\s\S]*?-->/g, " ").normalize("NFKC").toLowerCase().match(/[\p{L}\p{N}\p{M}]+/gu) ?? []

export const recallOf = (expected: ReadonlyArray<string>, found: ReadonlyArray<string>): number => {
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
