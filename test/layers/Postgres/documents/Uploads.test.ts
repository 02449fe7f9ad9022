import { assert } from "@effect/vitest"
import { Duration, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { Documents } from "../../../../services/Documents.ts"
import { type NewUpload, Uploads } from "../../../../services/Uploads.ts"
import { DocumentId, localUserId, UserId } from "../../../../src/domain/Ids.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { emptyTables, stores } from "../../../support/databases/stores.ts"

const stranger = UserId.make("00000000-0000-4000-8000-000000000bad")

const announced = (fields: Partial<NewUpload> = {}): NewUpload => ({
  userId: localUserId,
  documentId: DocumentId.make(randomUUID()),
  filename: "letter.md",
  bytes: 100,
  sha256: null,
  path: "raw/letter.md",
  metadata: {},
  priority: 0,
  force: false,
  urlLasts: Duration.minutes(5),
  openAtMost: 10,
  quotaBytes: 1_000_000,
  ...fields
})

const noUploads = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  yield* emptyTables
  yield* sql`DELETE FROM uploads`
})

/** The counters of the local user, and the sums computed from the rows. */
const use = Effect.gen(function*() {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ readonly open: number; readonly counted: string; readonly summed: string }>`
    SELECT coalesce(sum(open_uploads), 0)::int AS open,
      coalesce(sum(stored_bytes), 0) || ' ' || coalesce(sum(open_bytes), 0) || ' ' || coalesce(sum(open_uploads), 0)
        AS counted,
      (SELECT coalesce(sum(bytes), 0) FROM documents WHERE user_id = ${localUserId}) || ' ' ||
        (SELECT coalesce(sum(bytes), 0) || ' ' || count(*) FROM uploads
          WHERE user_id = ${localUserId} AND state = 'open') AS summed
    FROM storage_use WHERE user_id = ${localUserId}`
  assert.strictEqual(row?.counted, row?.summed)
  return row?.open
})

onEachDatabase("announced uploads", (it) => {
  it.layer(stores)((it) => {
    it.effect("announced uploads never exceed their limit, however many are announced at once", () =>
      Effect.gen(function*() {
        yield* noUploads
        const uploads = yield* Uploads
        const outcomes = yield* Effect.forEach(
          Array.from({ length: 12 }, () => announced({ openAtMost: 5 })),
          uploads.open,
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(
          ["Opened", "TooMany"].map((wanted) => outcomes.filter(({ _tag }) => _tag === wanted).length),
          [5, 7]
        )
        assert.strictEqual(yield* use, 5)
        assert.strictEqual((yield* uploads.open(announced({ userId: stranger, openAtMost: 1 })))._tag, "Opened")
      }))

    it.effect("count towards the quota until they become documents, are refused or are swept", () =>
      Effect.gen(function*() {
        yield* noUploads
        const sql = yield* SqlClient.SqlClient
        const [uploads, documents] = [yield* Uploads, yield* Documents]
        const [kept, refused, late] = [announced(), announced(), announced({ bytes: 300 })]
        for (const upload of [kept, refused, late]) yield* uploads.open(upload)
        assert.strictEqual(yield* documents.used(localUserId), 500)
        assert.strictEqual((yield* uploads.open(announced({ bytes: 501, quotaBytes: 1_000 })))._tag, "OverQuota")
        assert.strictEqual((yield* uploads.open(announced({ bytes: 500, quotaBytes: 1_000 })))._tag, "Opened")
        const { _tag } = yield* documents.accept(anUpload({ bytes: 1, quotaBytes: 1_000 }))
        assert.strictEqual(_tag, "OverQuota")
        yield* uploads.confirm(localUserId, kept.documentId, kept.path)
        yield* documents.accept(anUpload({ documentId: kept.documentId, bytes: 100, quotaBytes: 1_000 }))
        assert.strictEqual(yield* documents.used(localUserId), 1_000)
        yield* uploads.end(localUserId, refused.documentId)
        assert.strictEqual(yield* use, 2)
        yield* sql`UPDATE uploads SET sweep_at = now() - interval '1 second' WHERE document_id = ${late.documentId}`
        assert.lengthOf(yield* uploads.takeDue, 1)
        assert.strictEqual(yield* use, 1)
        assert.strictEqual(yield* documents.used(localUserId), 600)
        yield* sql`DELETE FROM uploads`
        assert.strictEqual(yield* use, 0)
      }))
  })
})
