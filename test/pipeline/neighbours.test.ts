/**
 * Whatever documents, names, metadata and provider answers one user causes, other users' documents end exactly as they
 * would alone. The hostile documents bypass the checks at the entrance, so each later guard must hold alone.
 */
import { assert, layer as suite } from "@effect/vitest"
import { Arbitrary, Duration, Effect, Layer, Option, References, Schedule, Schema, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { DocumentParser, type ParsedDocument, type ParseRequest } from "../../services/DocumentParser.ts"
import { Embedder } from "../../services/Embedder.ts"
import { Jobs } from "../../services/Jobs.ts"
import { UserId } from "../../src/domain/Ids.ts"
import type { Job } from "../../src/domain/Job.ts"
import { isTerminal } from "../../src/domain/JobStatus.ts"
import { PermanentError, RecoverableError, type ServiceError, TransientError } from "../../src/domain/ServiceError.ts"
import { databases } from "../support/databases/Databases.ts"
import { emptyTables, stores, upload } from "../support/databases/stores.ts"
import { embeddingModel } from "../support/harness/TestApi.ts"
import { DocumentParserMemory } from "../twins/DocumentParserMemory.ts"
import { EmbedderMemory } from "../twins/EmbedderMemory.ts"
import { ObjectStorageMemory } from "../twins/ObjectStorageMemory.ts"
import { workerHere } from "./worker.ts"

const half = "\ud83d"
const parser = { dependency: "parser" as const, message: `A sentence cut in the middle of ${half}` }
const embedder = { dependency: "embedder" as const, message: `A sentence cut in the middle of ${half}` }

/** What a provider answers about the document with this word. */
const parses: Readonly<Record<string, Effect.Effect<ParsedDocument, ServiceError>>> = {
  "parse-failed": Effect.fail(new TransientError({ ...parser, code: "PARSER_FAILED" })),
  "parse-refused": Effect.fail(new PermanentError({ ...parser, code: "PARSER_REJECTED" })),
  "parse-forbidden": Effect.fail(new RecoverableError({ ...parser, code: "PARSER_AUTH" })),
  "parse-unpaid": Effect.fail(new RecoverableError({ ...parser, code: "PARSER_QUOTA" })),
  "parse-broken": Effect.fail(new RecoverableError({ ...parser, code: "PARSER_UNAVAILABLE" })),
  "parse-late": Effect.fail(new TransientError({ ...parser, code: "PARSER_TIMEOUT" })),
  "parse-endless": Effect.fail(
    new TransientError({ ...parser, code: "PARSER_RATE_LIMITED", retryAfter: Duration.hours(1_000_000) })
  ),
  "parse-forgotten": Effect.fail(new PermanentError({ ...parser, code: "PARSER_FORGOTTEN" })),
  "parse-defect": Effect.die(new Error("the parser's adapter broke down")),
  "parse-half": Effect.succeed({ markdown: `# A heading that ends in ${half}\n\nAnd some text.`, pages: 0 }),
  "parse-nul": Effect.succeed({ markdown: "# A heading with \u0000\n\nAnd text with \u0000 in it.", pages: 0 })
}

const embeddings: Readonly<Record<string, Effect.Effect<never, ServiceError>>> = {
  "embed-refused": Effect.fail(new PermanentError({ ...embedder, code: "EMBED_REJECTED" })),
  "embed-forbidden": Effect.fail(new RecoverableError({ ...embedder, code: "EMBED_AUTH" })),
  "embed-broken": Effect.fail(new RecoverableError({ ...embedder, code: "EMBED_UNAVAILABLE" })),
  "embed-misshapen": Effect.fail(new PermanentError({ ...embedder, code: "EMBED_DIM_MISMATCH" })),
  "embed-garbage": Effect.fail(new TransientError({ ...embedder, code: "EMBED_INVALID_RESPONSE" })),
  "embed-limited": Effect.fail(
    new TransientError({ ...embedder, code: "EMBED_RATE_LIMITED", retryAfter: Duration.hours(1_000_000) })
  )
}

const names: Readonly<Record<string, Parameters<typeof upload>[1]>> = {
  "name-half": { filename: `report ${half}.md` },
  "name-nul": { filename: "report \u0000.md" },
  "metadata-half": { metadata: { policy: half } },
  "metadata-nul": { metadata: { policy: "\u0000" } },
  "size": { bytes: 1e18 }
}

const tricks = [...Object.keys(parses), ...Object.keys(embeddings), ...Object.keys(names)]

const hostileVendors = Layer.mergeAll(
  Layer.effect(
    DocumentParser,
    Effect.map(DocumentParser, (port) => ({
      ...port,
      result: (id: string, request: ParseRequest) =>
        Stream.mkString(Stream.decodeText(request.content)).pipe(
          Effect.flatMap((text) => {
            const trick = Object.keys(parses).find((word) => text.includes(word))
            const answer = parses[trick ?? ""]
            return answer === undefined
              ? port.result(id, { ...request, content: contentOf(text) })
              : Effect.asSome(answer)
          })
        )
    }))
  ),
  Layer.effect(
    Embedder,
    Effect.map(Embedder, (port) => ({
      ...port,
      embed: (texts: ReadonlyArray<string>) => {
        const trick = Object.keys(embeddings).find((word) => texts.some((text) => text.includes(word)))
        // As long as a request takes, so that the next texts accumulate.
        return Effect.delay(embeddings[trick ?? ""] ?? port.embed(texts), "20 millis")
      }
    }))
  )
).pipe(
  Layer.provide(Layer.merge(DocumentParserMemory, EmbedderMemory(embeddingModel))),
  Layer.merge(ObjectStorageMemory)
)

const contentOf = (text: string) => Stream.make(new TextEncoder().encode(text))

const ordinaryText = (n: number) =>
  Array.from({ length: 3 }, (_, part) => `## Part ${part} of ${n}\n\n${`What part ${part} of ${n} says. `.repeat(30)}`)
    .join("\n\n")

/** Everything about how a document ended, without its identity. */
const endOf = Effect.fnUntraced(function*(job: Job) {
  const sql = yield* SqlClient.SqlClient
  const jobs = yield* Jobs
  const found = yield* jobs.find(job.userId, job.jobId).pipe(
    Effect.map(Option.getOrThrow),
    Effect.repeat({ until: ({ status }) => isTerminal(status), schedule: Schedule.spaced("50 millis") })
  )
  const chunks = yield* sql<{ readonly sha: string; readonly vectors: number }>`
    SELECT c.chunk_sha AS sha, count(v.chunk_id)::int AS vectors
    FROM document_chunk_buffer c LEFT JOIN document_vector_buffer v ON v.chunk_id = c.chunk_id AND v.user_id = c.user_id
    WHERE c.document_id = ${job.documentId} AND c.user_id = ${job.userId}
    GROUP BY c.chunk_ord, c.chunk_sha ORDER BY c.chunk_ord`
  return { status: found.status, error: found.lastError, chunks }
})

/** Uploads ordinary documents, each from its own user, among the hostile ones; returns how the ordinary ones ended. */
const played = Effect.fnUntraced(function*(hostile: ReadonlyArray<string>) {
  yield* emptyTables
  const total = Math.max(ordinary.length, hostile.length)
  const jobs = yield* Effect.forEach(
    Array.from({ length: total }, (_, n) => n),
    Effect.fnUntraced(function*(n) {
      const trick = hostile[n]
      const bad = trick === undefined ? undefined : upload(`# ${trick} ${n}\n\n${trick} ${n}.`, {
        ...names[trick],
        userId: UserId.make(randomUUID())
      })
      const good = n < ordinary.length
        ? upload(ordinaryText(n), { userId: UserId.make(randomUUID()) })
        : undefined
      const both = yield* Effect.all([
        // Whether a hostile document is accepted does not matter here, only how its neighbours end.
        bad === undefined ? Effect.void : Effect.exit(bad),
        good === undefined ? Effect.undefined : good
      ], { concurrency: "unbounded" })
      return both[1]
    }),
    { concurrency: "unbounded" }
  )
  return yield* Effect.forEach(
    jobs.flatMap((job) => job ?? []),
    endOf,
    { concurrency: 4 }
  )
})

const ordinary = Array.from({ length: 12 }, (_, n) => n)

for (const { layer, name } of databases) {
  const all = workerHere.pipe(
    Layer.provideMerge(hostileVendors.pipe(Layer.provideMerge(stores), Layer.provideMerge(layer))),
    Layer.provide(Layer.succeed(References.MinimumLogLevel, "None"))
  )
  suite(all, { excludeTestServices: true, timeout: "2 minutes" })(`documents beside hostile ones, on ${name}`, (it) => {
    it.effect.prop(
      "end exactly as without them",
      { hostile: Arbitrary.array(Arbitrary.schema(Schema.Literals(tricks)), { minLength: 15, maxLength: 40 }) },
      ({ hostile }) =>
        Effect.gen(function*() {
          const control = yield* played([])
          assert.isTrue(control.every(({ status }) => status === "complete"))
          assert.deepStrictEqual(yield* played(hostile), control)
        }),
      { arbitrary: { runs: 1 }, timeout: 110_000 }
    )

    it.effect("end exactly as without every kind of them", () =>
      Effect.gen(function*() {
        const control = yield* played([])
        assert.deepStrictEqual(yield* played([...tricks, ...tricks]), control)
      }), 110_000)
  })
}
