/** Reads a file that describes infrastructure. Each error is a sentence that names the file and the field. */
import { Effect, FileSystem, Schema, SchemaIssue } from "effect"
import { type Document, parseAllDocuments } from "yaml"

export class InfrastructureUnreadable extends Schema.TaggedError<InfrastructureUnreadable>()(
  "InfrastructureUnreadable",
  { message: Schema.String }
) {}

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

export const readText = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.mapError(
    fs.readFileString(file),
    () => new InfrastructureUnreadable({ message: `There is no file ${file} that can be read.` })
  )
})

/** All YAML documents of a file. */
export const readDocuments = Effect.fnUntraced(function*(file: string) {
  const documents: ReadonlyArray<Document> = [...parseAllDocuments(yield* readText(file))]
  const [wrong] = documents.flatMap(({ errors }) => errors)
  return wrong === undefined
    ? documents
    : yield* new InfrastructureUnreadable({ message: `${file}: ${wrong.message.split("\n")[0] ?? ""}` })
})

/** A field that the schema does not know is an error: a platform would ignore it or refuse the file. */
export const strictly = <A, I>(schema: Schema.Codec<A, I>, where: string) => {
  const decode = Schema.decodeUnknownEffect(schema, { errors: "all", onExcessProperty: "error" })
  return (content: unknown) =>
    Effect.mapError(decode(content), ({ issue }) =>
      new InfrastructureUnreadable({
        message: formatIssues(issue).issues.map(({ message, path = [] }) => {
          const steps = path.map((step) => String(typeof step === "object" ? step.key : step))
          return `${where}: ${steps.join(".")}: ${message}`
        }).join("; ")
      }))
}
