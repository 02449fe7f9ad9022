/** All rows of one user are exported, erased and counted; another user's stay. */
import { assert } from "@effect/vitest"
import { Duration, Effect, Option } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { documentTables, pendingTables, userTables } from "../../../../layers/Postgres/users/userTables.ts"
import { ApiKeys } from "../../../../services/ApiKeys.ts"
import { Documents } from "../../../../services/Documents.ts"
import { type ExportPlace, UserData, type UserRecord } from "../../../../services/UserData.ts"
import { UserId } from "../../../../src/domain/Ids.ts"
import { authenticationLasts, exportPage } from "../../../../src/policy/userData.ts"
import { anUpload } from "../../../support/builders/jobInMemory.ts"
import { onEachDatabase } from "../../../support/databases/Databases.ts"
import { accept, someone, stores } from "../../../support/databases/stores.ts"
import { subscribe } from "../../../support/databases/webhooks.ts"

const newUser = () => UserId.make(randomUUID())

/** A user with a key, a webhook and some documents. */
const settled = Effect.fnUntraced(function*(documents: number) {
  const user = newUser()
  const keys = yield* ApiKeys
  yield* keys.make({ userId: user, role: "user", name: "laptop", expiresAt: null }, someone)
  yield* subscribe(user)
  for (let n = 0; n < documents; n++) yield* accept({ userId: user, filename: `policy-${n}.pdf` })
  return user
})

const exported = Effect.fnUntraced(function*(user: UserId) {
  const data = yield* UserData
  const records: Array<UserRecord> = []
  const files: Array<string> = []
  let place: Option.Option<ExportPlace> = Option.some({ part: 0, after: "" })
  while (Option.isSome(place)) {
    const page = yield* data.page(user, place.value)
    records.push(...page.records)
    files.push(...page.files.map(({ documentId, kind }) => `${documentId}.${kind}`))
    place = page.next
  }
  return { records, files }
})

const tablesOf = (records: ReadonlyArray<UserRecord>) => {
  const counts: Record<string, number> = {}
  for (const { table } of records) counts[table] = (counts[table] ?? 0) + 1
  return counts
}

onEachDatabase("a user's data", (it) => {
  it.effect(
    "every table that names a user is exported, erased, or listed as pending",
    Effect.fnUntraced(function*() {
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql<{ readonly name: string }>`
        SELECT table_name::text AS name FROM information_schema.columns
        WHERE column_name = 'user_id' AND table_schema = 'public'`
      const known = [...userTables, ...documentTables].map(({ table }) => table).concat(pendingTables)
      assert.deepStrictEqual(
        rows.map(({ name }) => name).filter((name) => !known.includes(name)),
        []
      )
    })
  )

  it.effect(
    "is exported over several pages, each row once, without secrets and without another user's rows",
    Effect.fnUntraced(function*() {
      const user = yield* settled(exportPage.documents + 3)
      const other = yield* settled(2)
      const { files, records } = yield* exported(user)
      assert.include(tablesOf(records), {
        documents: exportPage.documents + 3,
        upload_jobs: exportPage.documents + 3,
        job_events: exportPage.documents + 3,
        api_keys: 1,
        webhook_subscriptions: 1
      })
      assert.strictEqual(new Set(files).size, exportPage.documents + 3)
      const text = JSON.stringify(records)
      assert.include(text, "laptop")
      assert.notInclude(text, other)
      for (const secret of ["secret_sha256", "webhook_secret", "\"secret\"", "previous_secret"]) {
        assert.notInclude(text, secret)
      }
    }, Effect.provide(stores))
  )

  it.effect(
    "is erased, and what is left is counted",
    Effect.fnUntraced(function*() {
      const user = yield* settled(2)
      const other = yield* settled(2)
      const data = yield* UserData
      const documents = yield* Documents
      const before = yield* exported(other)

      const { rows } = yield* data.leftovers(user)
      assert.deepInclude(rows, { table: "documents", rows: 2 })
      yield* data.close(user, someone)
      const { all, ids } = yield* data.documents(user, 10)
      assert.strictEqual(all, 2)
      for (const id of ids) yield* documents.remove(user, id, someone)
      yield* data.removeRest(user, someone)

      assert.deepStrictEqual(yield* data.leftovers(user), { rows: [], pendingErasures: 2 })
      const kept = tablesOf((yield* exported(user)).records)
      assert.hasAllKeys(kept, ["audit_log", "storage_use"])
      assert.deepStrictEqual(yield* exported(other), before)
    }, Effect.provide(stores))
  )

  it.effect(
    "a file that was on its way when its user was erased becomes no document, and one of another user does",
    Effect.fnUntraced(function*() {
      const user = newUser()
      const documents = yield* Documents
      // By the clock of the test, which stands still at 0.
      const sent = (userId: UserId, sentAt: number) =>
        documents.accept(anUpload({ userId, sentAt, sha256: randomUUID() }))
      assert.strictEqual((yield* sent(user, -60_000))._tag, "Accepted")
      yield* (yield* UserData).close(user, someone)
      assert.deepStrictEqual(yield* sent(user, -60_000), { _tag: "Erased" })
      assert.deepStrictEqual(yield* sent(user, 0), { _tag: "Erased" })
      assert.strictEqual((yield* (yield* UserData).documents(user, 10)).all, 1)
      assert.strictEqual((yield* sent(newUser(), -60_000))._tag, "Accepted")
      const afterwards = Duration.toMillis(authenticationLasts) + 1_000
      assert.strictEqual((yield* sent(user, afterwards))._tag, "Accepted")
    }, Effect.provide(stores))
  )
})
