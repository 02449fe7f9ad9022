/** One measured run of the baseline, without durability: read, chunk, embed, insert. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Console, Effect, FileSystem, Layer, References, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { argv } from "node:process"
import { LoginDatabase } from "../layers/App/Database.ts"
import { Embeddings } from "../layers/App/Vendors.ts"
import { VectorParameters } from "../layers/Postgres/connection/VectorParameters.ts"
import { Embedder } from "../services/Embedder.ts"
import { chunkers } from "../src/chunking/chunkers.ts"
import { type Chunk, identify } from "../src/domain/Chunk.ts"
import { DocumentId } from "../src/domain/Ids.ts"
import { canonicalText } from "../src/domain/text.ts"
import { embeddingBatch } from "../src/policy/limits.ts"
import { Settings } from "../src/settings/Settings.ts"
import { measured } from "./Measurement.ts"
import { markdownFiles } from "./readFolder.ts"

interface Piece extends Chunk {
  readonly documentId: DocumentId
}

const createTables = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* sql`CREATE EXTENSION IF NOT EXISTS vector`
  yield* sql`CREATE TABLE bench_documents (document_id uuid PRIMARY KEY, filename text NOT NULL)`
  yield* sql`
    CREATE TABLE bench_chunks (chunk_id uuid PRIMARY KEY, document_id uuid NOT NULL REFERENCES bench_documents,
      chunk_ord int NOT NULL, chunk_sha text NOT NULL, text text NOT NULL, meta jsonb NOT NULL)`
  yield* sql`
    CREATE TABLE bench_vectors (chunk_id uuid PRIMARY KEY REFERENCES bench_chunks, vector vector(1536) NOT NULL)`
})

const readChunks = Effect.fnUntraced(function*(file: string) {
  const { chunker } = yield* Settings
  const sql = yield* SqlClient.SqlClient
  const fs = yield* FileSystem.FileSystem
  const documentId = DocumentId.make(crypto.randomUUID())
  yield* sql`INSERT INTO bench_documents VALUES (${documentId}, ${file})`
  const text = canonicalText(yield* fs.readFileString(file))
  let ordinal = 0
  return Array.from(chunkers[chunker](text, "bench.md"), (piece): Piece => ({
    ...identify(documentId, chunker, ordinal++, piece),
    documentId
  }))
})

const buy = Effect.fnUntraced(function*(pieces: ReadonlyArray<Piece>) {
  const sql = yield* SqlClient.SqlClient
  const parameters = yield* VectorParameters
  const embedder = yield* Embedder
  const { tokens, vectors } = yield* embedder.embed(pieces.map((piece) => piece.text))
  const ids = pieces.map((piece) => piece.chunkId)
  yield* sql`
    WITH chunks AS (
      INSERT INTO bench_chunks SELECT c.id, c.document_id, c.ord, c.sha, c.text, c.meta::jsonb FROM unnest(
        ${ids}::uuid[], ${pieces.map((piece) => piece.documentId)}::uuid[], ${
    pieces.map((piece) => piece.ordinal)
  }::int[],
        ${pieces.map((piece) => piece.sha)}::text[], ${pieces.map((piece) => piece.text)}::text[],
        ${pieces.map((piece) => JSON.stringify(piece.meta))}::text[]
      ) AS c(id, document_id, ord, sha, text, meta)
    )
    INSERT INTO bench_vectors SELECT * FROM unnest(${ids}::uuid[], ${parameters.many(vectors)})`
  return { tokens, chunks: pieces.length }
})

const program = Effect.gen(function*() {
  const { databaseUrl } = yield* Settings
  const files = yield* markdownFiles(argv[2] ?? ".")
  const run = { variant: "straight-line", database: databaseUrl === undefined ? "pglite" : "postgres" } as const
  const line = yield* measured(
    run,
    Stream.fromIterable(files).pipe(
      Stream.mapEffect(readChunks, { concurrency: 8 }),
      Stream.flatMap(Stream.fromIterable),
      Stream.grouped(embeddingBatch.inputs),
      Stream.mapEffect(buy, { concurrency: embeddingBatch.concurrency }),
      Stream.runFold(
        () => ({ documents: files.length, chunks: 0, tokens: 0, requests: 0 }),
        (total, batch) => ({
          ...total,
          chunks: total.chunks + batch.chunks,
          tokens: total.tokens + batch.tokens,
          requests: total.requests + 1
        })
      )
    )
  )
  yield* Console.log(JSON.stringify(line))
})

const ready = VectorParameters.layer.pipe(
  Layer.provideMerge(Layer.effectDiscard(createTables)),
  Layer.provideMerge(LoginDatabase)
)
program.pipe(
  Effect.provide(
    Layer.mergeAll(ready, Embeddings, Layer.succeed(References.TracerEnabled, false)).pipe(
      Layer.provideMerge(Settings.layer),
      Layer.provideMerge(NodeServices.layer)
    )
  ),
  NodeRuntime.runMain
)
