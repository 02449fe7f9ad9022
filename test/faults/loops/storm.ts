/** Many real documents under constant faults, and how each of them ended. */
import { Clock, Duration, Effect, FileSystem, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Documents } from "../../../services/Documents.ts"
import { ObjectStorage } from "../../../services/ObjectStorage.ts"
import { sha256 } from "../../../src/domain/hash.ts"
import { DocumentId, UserId } from "../../../src/domain/Ids.ts"
import { terminalStatuses } from "../../../src/domain/JobStatus.ts"
import { sniff } from "../../../src/domain/sniff.ts"
import { anUpload } from "../../support/builders/jobInMemory.ts"
import { corpusFolder } from "../corpus.ts"
import { must, patiently, untilCount } from "../judge.ts"
import { billed } from "../mocks.ts"
import { hostedParser } from "../stack.ts"
import { World } from "../World.ts"

/** Ten users, so that a file sent again is bought again. */
const users = Array.from({ length: 10 }, () => UserId.make(randomUUID()))
const largest = 1_000_000

/** The corpus repeatedly, or our own examples. */
export const acceptDocuments = Effect.fnUntraced(function*(count: number) {
  const fs = yield* FileSystem.FileSystem
  const documents = yield* Documents
  const storage = yield* ObjectStorage
  const corpus = yield* corpusFolder
  const folder = corpus === undefined ? "examples/documents" : `${corpus}/good`
  const files: Array<{ readonly name: string; readonly bytes: Uint8Array }> = []
  for (const name of yield* fs.readDirectory(folder)) {
    const bytes = yield* fs.readFile(`${folder}/${name}`)
    if (bytes.length <= largest) files.push({ name, bytes })
  }
  yield* must(files.length > 0, `There is no document in ${folder}.`)
  yield* Effect.forEach(Array.from({ length: count }), (_, n) =>
    Effect.gen(function*() {
      const file = files[n % files.length]
      const userId = users[Math.floor(n / files.length) % users.length]
      if (file === undefined || userId === undefined) return
      const mediaType = sniff(file.bytes, file.name)
      const documentId = DocumentId.make(randomUUID())
      const rawPath = `raw/${userId}/${documentId}.${file.name.split(".").at(-1)}`
      yield* storage.put(rawPath, Stream.make(file.bytes), mediaType)
      yield* documents.accept(anUpload({
        userId,
        documentId,
        filename: file.name,
        mediaType,
        bytes: file.bytes.length,
        sha256: sha256(file.bytes),
        rawPath,
        force: true
      }))
    }), { concurrency: 8, discard: true })
})

/** Both providers fail a fifth of their calls; the API receives callbacks. */
export const stormStack = Effect.gen(function*() {
  const { start } = yield* World
  const settings = {
    ...(yield* hostedParser),
    MOCK_LLAMAPARSE_FAILURE_RATE: "0.2",
    MOCK_LLAMAPARSE_DELAY: "1",
    MOCK_OPENAI_FAILURE_RATE: "0.2",
    MOCK_OPENAI_DELAY: "0.3",
    WORKER_CONCURRENCY: "16"
  }
  yield* start("mock-openai", settings)
  yield* start("mock-llamaparse", settings)
  yield* start("api", settings)
  return settings
})

const active = `SELECT count(*) FROM upload_jobs WHERE status NOT IN (${
  terminalStatuses.map((status) => `'${status}'`).join(", ")
})`

/** When all have ended: how many ended in each status, and whether every billed call is in the ledger. */
export const ending = Effect.gen(function*() {
  const { urls } = yield* World
  const sql = yield* SqlClient.SqlClient
  const begin = yield* Clock.currentTimeMillis
  yield* untilCount("jobs that have not ended", active, (left) => left === 0, "10 minutes")
  const took = Duration.format(Duration.seconds(Math.round(((yield* Clock.currentTimeMillis) - begin) / 1000)))
  const ends = yield* patiently(sql<{ readonly what: string; readonly jobs: number }>`
    SELECT status || coalesce(' ' || (last_error->>'code'), '') AS what, count(*)::int AS jobs FROM upload_jobs
    GROUP BY 1 ORDER BY 2 DESC`)
  const [ledger] = yield* patiently(sql<{ readonly calls: number; readonly lost: number }>`
    SELECT count(DISTINCT call_id) FILTER (WHERE state IN ('paid', 'lost'))::int AS calls,
      count(DISTINCT call_id) FILTER (WHERE state = 'lost')::int AS lost FROM embedding_ledger`)
  const { requests } = yield* billed(urls.openai)
  yield* must(
    requests <= (ledger?.calls ?? 0),
    `The provider billed ${requests} calls, the ledger knows ${ledger?.calls}.`
  )
  const list = ends.map(({ jobs, what }) => `${jobs} ${what}`).join(", ")
  return `${list}, the last ${took} after the faults ended; ${requests} calls billed, ${ledger?.lost} of the ledger's lost.`
})
