/** A user's data, exported and erased by the command line on the running system. */
import { assert } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { runCli } from "../support/harness/runCli.ts"
import { type OnStack, SharedStack } from "./SharedStack.ts"

const word = "Hollerith-4711"
const Exported = Schema.fromJsonString(Schema.Struct({ records: Schema.Int, files: Schema.Int }))
const Erased = Schema.fromJsonString(Schema.Struct({ documents: Schema.Int, leftovers: Schema.Json }))
const Made = Schema.fromJsonString(Schema.Struct({ secret: Schema.String }))

export const users = (it: OnStack) =>
  it.effect(
    "an admin exports a user's rows and files, erases them, and finds nothing left",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, ports } = yield* SharedStack
        const env = { ACCESSA_URL: `http://127.0.0.1:${ports.api}`, ACCESSA_DATA_DIR: directory }
        const user = randomUUID()
        const made = yield* runCli(["keys", "create", "theirs", "--user", user, "--json"], { env })
        const { secret } = yield* Schema.decodeUnknownEffect(Made)(made.stdout)
        const theirs = { ...env, ACCESSA_API_KEY: secret }
        yield* fs.writeFileString(`${directory}/policy.md`, `# Policy\n\nThe policy ${word} covers water damage.\n`)
        const ingested = yield* runCli(["ingest", `${directory}/policy.md`, "--wait"], { env: theirs })
        assert.strictEqual(ingested.code, 0, ingested.stderr)

        const out = `${directory}/export`
        const about = [user, "--reason", "asked by letter"]
        const result = yield* runCli(["users", "export", ...about, "--out", out, "--json"], { env })
        assert.strictEqual(result.code, 0, result.stderr)
        const { files, records } = yield* Schema.decodeUnknownEffect(Exported)(result.stdout)
        assert.strictEqual(files, 2)
        assert.isAbove(records, 10)
        for (const name of yield* fs.readDirectory(`${out}/files`)) {
          assert.include(yield* fs.readFileString(`${out}/files/${name}`), word)
        }
        assert.include(yield* fs.readFileString(`${out}/records.ndjson`), "policy.md")
        const again = yield* runCli(["users", "export", ...about, "--out", out], { env })
        assert.strictEqual(again.code, 1)
        assert.include(again.stderr, "EXPORT_NOT_WRITTEN")

        const unconfirmed = yield* runCli(["users", "erase", ...about], { env })
        assert.strictEqual(unconfirmed.code, 2)
        assert.include(unconfirmed.stderr, "NOT_CONFIRMED")
        const erased = yield* runCli(["users", "erase", ...about, "--yes", "--json"], { env })
        assert.strictEqual(erased.code, 0, erased.stderr)
        assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(Erased)(erased.stdout), {
          documents: 1,
          leftovers: { rows: [], objects: 0, pending_erasures: 0 }
        })
        const refused = yield* runCli(["jobs", "list"], { env: theirs })
        assert.strictEqual(refused.code, 4, "the key is gone")
        const audit = yield* runCli(["users", "export", ...about, "--out", `${directory}/after`, "--json"], { env })
        assert.strictEqual(audit.code, 0, audit.stderr)
        assert.include(yield* fs.readFileString(`${directory}/after/records.ndjson`), "\"action\":\"user.erase\"")
      }),
    120_000
  )
