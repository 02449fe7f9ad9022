/** The documents of the retrieval benchmark as parsed Markdown, and questions with the excerpt that answers each. */
import { Effect, FileSystem, Schema } from "effect"
import { canonicalText } from "../../src/domain/text.ts"

const Questions = Schema.fromJsonString(Schema.Array(Schema.Struct({
  document: Schema.String,
  alike: Schema.optionalKey(Schema.Boolean),
  questions: Schema.Array(Schema.Struct({ question: Schema.String, answer: Schema.NonEmptyString }))
})))

interface Document {
  readonly filename: string
  readonly text: string
}

export interface Question {
  readonly question: string
  readonly filename: string
  /** Another insurer's document has nearly the same words. */
  readonly alike: boolean
  /** Offsets of the excerpt in the document's text. */
  readonly start: number
  readonly end: number
}

export interface Corpus {
  readonly documents: ReadonlyArray<Document>
  readonly questions: ReadonlyArray<Question>
}

class BadQuestion extends Schema.TaggedError<BadQuestion>()("BadQuestion", { message: Schema.String }) {}

const folder = (path: string) => new URL(path, import.meta.url).pathname

/** What the parser makes of `examples/documents` stands in `examples/groundtruth`, under the file's name. */
const groundTruth = folder("../../examples/groundtruth")

export const readCorpus: Effect.Effect<Corpus, unknown, FileSystem.FileSystem> = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const read = Effect.fnUntraced(function*(from: string, filenameOf: (name: string) => string) {
    const names = (yield* fs.readDirectory(from)).filter((name) => name.endsWith(".md")).toSorted()
    return yield* Effect.forEach(
      names,
      (name) =>
        Effect.map(fs.readFileString(`${from}/${name}`), (text): Document => ({
          filename: filenameOf(name),
          text: canonicalText(text)
        }))
    )
  })
  const documents = [
    ...(yield* read(groundTruth, (name) => name.slice(0, -".md".length))),
    ...(yield* read(folder("documents"), (name) => name))
  ]
  const asked = yield* fs.readFileString(folder("questions.json")).pipe(
    Effect.flatMap(Schema.decodeUnknownEffect(Questions))
  )
  const questions = yield* Effect.forEach(
    asked.flatMap(({ alike = false, document, questions }) =>
      questions.map((each) => ({ ...each, alike, filename: document }))
    ),
    ({ alike, answer, filename, question }) => {
      const text = documents.find((document) => document.filename === filename)?.text ?? ""
      const start = text.indexOf(answer)
      return start === -1 || text.includes(answer, start + 1)
        ? Effect.fail(new BadQuestion({ message: `${filename} does not contain "${answer}" exactly once.` }))
        : Effect.succeed({ question, filename, alike, start, end: start + answer.length })
    }
  )
  return { documents, questions }
})
