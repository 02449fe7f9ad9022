/** One measured passage of a folder through the whole durable pipeline: raw file stored, job accepted, every stage, receipt. */
import { Console, Effect, FileSystem, Schedule, Stdio, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { argv } from "node:process"
import { Documents } from "../services/Documents.ts"
import { Embedder } from "../services/Embedder.ts"
import { Ids } from "../services/Ids.ts"
import { ObjectStorage } from "../services/ObjectStorage.ts"
import { sha256 } from "../src/domain/hash.ts"
import { CorrelationId, DocumentId, UserId } from "../src/domain/Ids.ts"
import { Settings } from "../src/settings/Settings.ts"
import { measured } from "./Measurement.ts"
import { markdownFiles } from "./readFolder.ts"

const accept = Effect.fnUntraced(function*(userId: UserId, file: string) {
  const { chunker } = yield* Settings
  const documents = yield* Documents
  const storage = yield* ObjectStorage
  const { model } = yield* Embedder
  const fs = yield* FileSystem.FileSystem
  const ids = yield* Ids
  const bytes = yield* fs.readFile(file)
  const documentId = DocumentId.make(yield* ids.uuid)
  const rawPath = `raw/${userId}/${documentId}.md`
  yield* storage.put(rawPath, Stream.make(bytes), "text/markdown")
  yield* documents.accept({
    userId,
    documentId,
    correlationId: CorrelationId.make(yield* ids.uuid),
    filename: file,
    mediaType: "text/markdown",
    bytes: bytes.length,
    sha256: sha256(bytes),
    rawPath,
    metadata: {},
    priority: 0,
    chunker,
    model,
    traceparent: null,
    requestId: null,
    quotaBytes: Number.MAX_SAFE_INTEGER,
    force: true
  })
  return documentId
})

/** Fails if a document ends in anything but `complete`: a benchmark of failures measures nothing. */
const whenAllComplete = Effect.fnUntraced(function*(userId: UserId, documents: number) {
  const sql = yield* SqlClient.SqlClient
  const counts = sql<{ readonly complete: number; readonly failed: number }>`
    SELECT count(*) FILTER (WHERE status = 'complete')::int AS complete,
      count(*) FILTER (WHERE status LIKE 'failed%')::int AS failed
    FROM upload_jobs WHERE user_id = ${userId}`
  yield* counts.pipe(
    Effect.flatMap(([row]) =>
      (row?.failed ?? 0) > 0 ? Effect.die(new Error(`${row?.failed} documents failed`)) : Effect.succeed(row?.complete)
    ),
    Effect.repeat({ schedule: Schedule.spaced("50 millis"), until: (complete) => complete === documents })
  )
})

/** A transaction that only reads takes no number. */
const nextTransaction = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<
    { readonly next: number }
  >`SELECT pg_snapshot_xmax(pg_current_snapshot())::text::float8 AS next`
  return row?.next ?? 0
})

/** Polls the workers' rows: what is measured begins afterwards. */
export const whenWorkersRun = Effect.fnUntraced(function*(workers: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql<{ readonly running: number }>`SELECT count(*)::int AS running FROM workers WHERE state = 'running'`.pipe(
    Effect.repeat({ schedule: Schedule.spaced("100 millis"), until: ([row]) => (row?.running ?? 0) >= workers })
  )
})

/** In place of a number of passes: a pass for each line of the input. */
export const whenAsked = "when-asked"

/** Takes the folder as often as asked, each time as another user, and prints one line about the last time, or about each. */
export const ingestFolder = Effect.gen(function*() {
  const [, , folder = ".", workers = "1", passes = "1"] = argv
  const files = yield* markdownFiles(folder)
  yield* whenWorkersRun(Number(workers))
  const takeOnce = Effect.flatMap(takeAll(files), (measurement) => Console.log(JSON.stringify(measurement)))
  if (passes === whenAsked) {
    const { stdin } = yield* Stdio.Stdio
    return yield* Stream.runForEach(Stream.splitLines(Stream.decodeText(stdin)), () => takeOnce)
  }
  for (let pass = 1; pass < Number(passes); pass++) yield* takeAll(files)
  yield* takeOnce
})

const takeAll = Effect.fnUntraced(function*(files: ReadonlyArray<string>) {
  const sql = yield* SqlClient.SqlClient
  const ids = yield* Ids
  const { databaseUrl } = yield* Settings
  const userId = UserId.make(yield* ids.uuid)
  const run = { variant: "pipeline", database: databaseUrl === undefined ? "pglite" : "postgres" } as const
  return yield* measured(
    run,
    Effect.gen(function*() {
      const before = yield* nextTransaction
      yield* Effect.forEach(files, (file) => accept(userId, file), { concurrency: 32, discard: true })
      yield* whenAllComplete(userId, files.length)
      const transactions = (yield* nextTransaction) - before
      const [totals] = yield* sql<{ readonly chunks: number; readonly tokens: number; readonly requests: number }>`
      SELECT sum((progress->>'chunks_total')::int)::int AS chunks, sum(tokens_paid)::int AS tokens,
        (SELECT count(DISTINCT call_id)::int FROM embedding_ledger WHERE user_id = ${userId} AND state = 'paid') AS requests
      FROM upload_jobs WHERE user_id = ${userId}`
      return { documents: files.length, transactions, ...(totals ?? { chunks: 0, tokens: 0, requests: 0 }) }
    })
  )
})
