/**
 * Uploads, chunks and quotes with canned answers; a file whose name ends with `.exe` is refused, and one named `waits-…` is
 * refused once, because the storage is away.
 */
import { Effect, Stream } from "effect"
import { HttpServerResponse, type Multipart } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../../src/api/Api.ts"
import { Unavailable, UnsupportedMedia } from "../../../src/api/Problem.ts"
import type { ApiStub } from "./ApiStub.ts"
import { aChunk, aQuote } from "./cannedAnswers.ts"
import { aJob, correlationId } from "./cannedJob.ts"

export const documentsStub = (stub: Pick<ApiStub, "asked" | "jobs" | "uploads">) => {
  const waited = new Set<string>()
  return HttpApiBuilder.group(Api, "documents", (handlers) =>
    handlers
      .handle("upload", ({ payload }) =>
        Effect.gen(function*() {
          const fields: Record<string, string> = {}
          let file = { name: "", content: "" }
          yield* Stream.runForEach(payload, (part: Multipart.Part) =>
            Effect.gen(function*() {
              if (part._tag === "Field") return void (fields[part.key] = part.value)
              file = { name: part.name, content: new TextDecoder().decode(yield* part.contentEffect) }
            })).pipe(Effect.orDie)
          if (file.name.endsWith(".exe")) {
            return yield* exeRefused()
          }
          if (file.name.startsWith("waits-") && !waited.has(file.name)) {
            waited.add(file.name)
            return yield* storageAway()
          }
          stub.uploads.push({ ...file, fields })
          const job = aJob({ filename: file.name })
          stub.jobs.set(job.jobId, job)
          return { ...job, duplicate: false as const }
        }))
      .handle("get", () => Effect.die("unused"))
      .handle("remove", () => Effect.die("unused"))
      .handle("text", () => Effect.die("unused"))
      .handle("nearest", () => Effect.die("unused"))
      .handle("chunks", ({ params, query }) => {
        stub.asked.push(params.document_id)
        return Effect.succeed({
          chunks: [aChunk(query.cursor === undefined ? 0 : 1)],
          nextCursor: query.cursor === undefined ? "more" : null
        })
      }))
}

export const quotesStub = HttpApiBuilder.group(
  Api,
  "quotes",
  (handlers) =>
    handlers.handleRaw("make", ({ request }) =>
      Effect.gen(function*() {
        if ((yield* Effect.orDie(request.text)).includes(".exe")) {
          return yield* exeRefused()
        }
        return HttpServerResponse.jsonUnsafe(aQuote)
      }))
)

const exeRefused = () =>
  new UnsupportedMedia({
    code: "UNSUPPORTED_TYPE",
    detail: "An .exe file is no document.",
    correlation_id: correlationId
  })

const storageAway = () =>
  new Unavailable({
    code: "STORAGE_UNAVAILABLE",
    class: "recoverable",
    detail: "The certificate of S3_ENDPOINT is not valid now.",
    correlation_id: correlationId,
    retry_after_s: 30
  })
