/** The daily compliance check on each database: when it is due, what it finds, and what the alert is told. */
import { assert } from "@effect/vitest"
import { Effect, Layer, Logger, Queue } from "effect"
import { SqlClient } from "effect/sql"
import { AlertFactsSource } from "../../services/AlertFactsSource.ts"
import { ComplianceChecks } from "../../services/ComplianceChecks.ts"
import type { Finding } from "../../src/domain/Finding.ts"
import { keysAtOnce } from "../../src/policy/lists.ts"
import { Compliance } from "../../src/worker/Compliance.ts"
import { onEachDatabase } from "../support/databases/Databases.ts"
import { stores } from "../support/databases/stores.ts"
import { sweeper } from "./sweeper.ts"

const newest = Effect.flatMap(AlertFactsSource, ({ read }) => Effect.map(read(900), ({ compliance }) => compliance))
const key = (ok: boolean): Finding => ({ name: "key_age", ok, expected: "", found: "old", repair: "" })

onEachDatabase("the daily compliance check", (suite) => {
  suite.layer(stores)((it) => {
    it.effect("a compliance check is due once a day, and an hour after one that found something", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        const { isDue, record } = yield* ComplianceChecks
        yield* sql`DELETE FROM compliance_checks`
        assert.isNull(yield* newest)
        assert.isTrue(yield* isDue)
        yield* record([key(false)])
        assert.deepStrictEqual((yield* newest)?.faults, [{ name: "key_age", found: "old" }])
        assert.isFalse(yield* isDue)
        yield* sql`UPDATE compliance_checks SET checked_at = now() - interval '61 minutes'`
        assert.isTrue(yield* isDue)
        yield* record([key(true)])
        assert.deepStrictEqual((yield* newest)?.faults, [])
        yield* sql`UPDATE compliance_checks SET checked_at = now() - interval '61 minutes'`
        assert.isFalse(yield* isDue)
        yield* sql`UPDATE compliance_checks SET day = day - 1`
        assert.isTrue(yield* isDue)
      }))

    it.effect("the compliance check of a sound database reports a key that is too old, and nothing else", () =>
      Effect.gen(function*() {
        const sql = yield* SqlClient.SqlClient
        yield* sql`DELETE FROM compliance_checks`
        yield* sql`INSERT INTO api_keys (key_id, user_id, role, name, prefix, secret_sha256, created_at)
          VALUES (gen_random_uuid(), gen_random_uuid(), 'user', 'old', 'acc_old', 'x', now() - interval '181 days')`
        // Younger ones, which fill the first page of keys.
        yield* sql`INSERT INTO api_keys (key_id, user_id, role, name, prefix, secret_sha256)
          SELECT gen_random_uuid(), gen_random_uuid(), 'user', 'young', 'acc_' || n, 'x'
          FROM generate_series(1, ${keysAtOnce}::int) n`
        const lines = yield* Queue.unbounded<string>()
        const logger = Logger.make(({ message }) => {
          Queue.offerUnsafe(lines, Array.isArray(message) ? String(message[0]) : String(message))
        })
        yield* Layer.build(Compliance.pipe(Layer.provide(sweeper), Layer.provide(Logger.layer([logger]))))
        assert.strictEqual(yield* Queue.take(lines), "Compliance: key_age: the key \"old\"")
        assert.deepStrictEqual((yield* newest)?.faults, [{ name: "key_age", found: "the key \"old\"" }])
      }))
  })
})
