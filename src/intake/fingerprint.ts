/**
 * Distinguishes a repeated upload from a different one with the same `Idempotency-Key`: its fields, and its file's name and
 * bytes.
 */
import { Context, Effect, Option, Ref, Stream } from "effect"
import type { Multipart } from "effect/http"
import { cleanName } from "../domain/cleanName.ts"
import { sha256, sha256InParts } from "../domain/hash.ts"
import { malformedForm } from "./refusals.ts"

interface NamedFile {
  readonly name: string
  readonly sha256: string
}

/** The boundary changes with each attempt, so only the parts are hashed. */
const digestOf = (fields: ReadonlyMap<string, string>, file: NamedFile): string =>
  sha256(JSON.stringify([[...fields].sort(([a], [b]) => a < b ? -1 : 1), file.name, file.sha256]))

/** The digest of the form that this request carried; none until the form was read to its end. */
export class FormDigest extends Context.Reference<Ref.Ref<Option.Option<string>>>("accessa/intake/FormDigest", {
  defaultValue: () => Ref.makeUnsafe(Option.none())
}) {}

export const noteForm = (fields: ReadonlyMap<string, string>, file: NamedFile) =>
  Effect.flatMap(FormDigest, (digest) => Ref.set(digest, Option.some(digestOf(fields, file))))

/** Reads a repeated form to its end without keeping any of it. */
export const rereadForm = Effect.fn("intake.rereadForm")(
  function*(parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>) {
    const fields = new Map<string, string>()
    let file = { name: "", sha256: "" }
    const read = (part: Multipart.Part) =>
      Effect.gen(function*() {
        if (part._tag === "Field") return void fields.set(part.key, part.value)
        const hash = sha256InParts()
        yield* Stream.runForEach(part.content, (bytes) => Effect.sync(() => hash.add(bytes)))
        if (part.name !== "") file = { name: cleanName(part.name), sha256: hash.hex() }
      })
    yield* Stream.runForEach(parts, read)
    return digestOf(fields, file)
  },
  Effect.catchTag("MultipartError", malformedForm)
)
