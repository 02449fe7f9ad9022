/** Words that this project does not use, in code or prose, because the field has a better one. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

const instead: ReadonlyArray<readonly [word: RegExp, better: string]> = [
  [/whoever/iu, "the caller, any worker, a user who"],
  [/somebody/iu, "a user, another worker"],
  [/nobody/iu, "no user, no worker"],
  [/everybody/iu, "all users"],
  [/anybody/iu, "any user"],
  [/\bcan not\b/iu, "cannot"],
  [/\bfor ever\b/iu, "forever"],
  [/\bhand(?:s|ed|ing)? ?-?over\b|handOver/iu, "submit, submission"],
  [/\bhears? of it\b/iu, "is notified"],
  [/\bset-up\b/iu, "setup"],
  [/\bwayIn\b|\bwayOut\b/iu, "FirstKey, Egress"],
  [/\binsisting\b/iu, "retryWhileDatabaseIsAway"],
  [/\btakeOut\b|\bbackIn\b/u, "trip, close"],
  [/\bstrikeOut\b/u, "redact"],
  [/\bStageError\b/u, "ServiceError"],
  [/\bHandIn\b/u, "Slice"]
]

const folders = ["bench", "docs", "layers", "migrations", "otel", "scripts", "services", "src", "test"]
/** This table, and the name of a Unix user. */
const exceptions = ["test/docs/words.test.ts", "test/faults/PostgresServer.ts"]

layer(NodeServices.layer)("the project's vocabulary", (it) => {
  it.effect("the project's vocabulary has no word for which the field has a better one", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const files = ["README.md", "CHANGELOG.md", ".env.example"]
      for (const folder of folders) {
        for (const name of yield* fs.readDirectory(folder, { recursive: true })) {
          // The clients that `pnpm reading:test` installs are not ours.
          if (name.includes("node_modules")) continue
          if (/\.(?:ts|js|md|sh|sql|css|ya?ml)$/u.test(name)) files.push(`${folder}/${name}`)
        }
      }
      const found: Array<string> = []
      for (const file of files.filter((file) => !exceptions.includes(file))) {
        const text = yield* fs.readFileString(file)
        for (const [word, better] of instead) {
          const match = word.exec(text)
          if (match === null) continue
          const line = text.slice(0, match.index).split("\n").length
          found.push(`${file}:${line}: "${match[0]}"; better: ${better}`)
        }
      }
      assert.deepStrictEqual(found, [])
    }))
})
