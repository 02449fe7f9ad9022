/** The documents that are sent, and the file that the baseline is kept in. */
import { Effect, FileSystem, Path, Schema } from "effect"
import { type Baseline, BaselineFile } from "./Baseline.ts"
import type { SentDocument } from "./sendDocument.ts"

export class BaselineUnreadable extends Schema.TaggedError<BaselineUnreadable>()("BaselineUnreadable", {
  message: Schema.String
}) {}

/** In the order of their names, without hidden files. */
export const readDocuments = Effect.fn("baseline.readDocuments")(function*(folder: string) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  const unreadable = new BaselineUnreadable({ message: `${folder} is not a readable folder of documents.` })
  const names = yield* Effect.mapError(fs.readDirectory(folder), () => unreadable)
  const documents = yield* Effect.forEach(
    names.filter((name) => !name.startsWith(".")).toSorted(),
    (name): Effect.Effect<SentDocument, BaselineUnreadable> =>
      fs.readFile(paths.join(folder, name)).pipe(
        Effect.map((bytes) => ({ name, bytes: new Uint8Array(bytes) })),
        Effect.mapError(() => unreadable)
      )
  )
  return documents.length === 0 ? yield* unreadable : documents
})

export const readBaseline = Effect.fn("baseline.read")(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.mapError(
    fs.readFileString(file),
    () => new BaselineUnreadable({ message: `There is no baseline in ${file}.` })
  )
  return yield* Effect.mapError(
    Schema.decodeEffect(BaselineFile)(text),
    ({ message }) =>
      new BaselineUnreadable({ message: `${file} is not a baseline of this version: ${message.slice(0, 200)}.` })
  )
})

export const writeBaseline = Effect.fn("baseline.write")(function*(file: string, baseline: Baseline) {
  const fs = yield* FileSystem.FileSystem
  const paths = yield* Path.Path
  // Decoded by the same schema, or made from it: what does not encode is a bug.
  const text = yield* Effect.orDie(Schema.encodeEffect(BaselineFile)(baseline))
  yield* fs.makeDirectory(paths.dirname(file), { recursive: true }).pipe(
    // Written under another name first, so that a baseline is never half a file.
    Effect.andThen(fs.writeFileString(`${file}.new`, `${JSON.stringify(JSON.parse(text), undefined, 1)}\n`)),
    Effect.andThen(fs.rename(`${file}.new`, file)),
    Effect.mapError(({ message }) => new BaselineUnreadable({ message: `${file} cannot be written: ${message}.` }))
  )
})
