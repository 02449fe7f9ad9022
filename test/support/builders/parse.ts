/** Documents parsed by the test's parser. */
import { Deferred, Effect, Option, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { DocumentParser, type ParseRequest } from "../../../services/DocumentParser.ts"
import { DocumentId, JobId, localUserId } from "../../../src/domain/Ids.ts"

export const requestOf = (filename: string, content: string | Uint8Array) => {
  const bytes = new Uint8Array(Buffer.from(content))
  return {
    jobId: JobId.make(randomUUID()),
    documentId: DocumentId.make("8f0a4d9e-64d7-4b4b-8c0b-6d5f0f6f8a22"),
    userId: localUserId,
    filename,
    mediaType: "application/octet-stream",
    bytes: bytes.length,
    content: Stream.make(bytes.subarray(0, 7), bytes.subarray(7))
  }
}

/** None: the parser has no place for it yet. */
export const tryToParse = Effect.fnUntraced(function*(
  filename: string,
  content: string | Uint8Array,
  more: Partial<ParseRequest> = {}
) {
  const parser = yield* DocumentParser
  const request = { ...requestOf(filename, content), ...more }
  return yield* parser.result(yield* parser.submit(request), request)
})

/** Without the comparison with the source, which has tests of its own. */
export const parse = (...given: Parameters<typeof tryToParse>) =>
  Effect.map(tryToParse(...given), (parsed) => {
    const { comparison: _, ...rest } = Option.getOrThrow(parsed)
    return rest
  })

export const failure = (filename: string, content: string | Uint8Array) =>
  Effect.map(Effect.flip(parse(filename, content)), ({ _tag, code }) => `${_tag} ${code}`)

/** Lines of a page for `makePdf`. */
export const page = (...lines: ReadonlyArray<string>) => lines.map((text, i) => ({ text, x: 60, y: 740 - 14 * i }))

/** A parse that has read its document but has not ended. */
export const underWay = Effect.fnUntraced(function*(
  filename: string,
  content: string | Uint8Array,
  more: Partial<ParseRequest> = {}
) {
  const read = yield* Deferred.make<void>()
  const told = Stream.concat(
    requestOf(filename, content).content,
    Stream.fromEffectDrain(Deferred.succeed(read, undefined))
  )
  const fiber = yield* Effect.forkChild(parse(filename, content, { ...more, content: told }))
  yield* Deferred.await(read)
  return fiber
})
