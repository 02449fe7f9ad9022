/** A stack that is as recorded passes; each change is named, and nothing else is; without data nothing passes. */
import { NodeServices } from "@effect/platform-node"
import { assert, it as anyTest, layer } from "@effect/vitest"
import { Effect, FileSystem, Layer, Schema } from "effect"
import { join } from "node:path"
import { BaselineFile } from "../../src/deploy/baseline/Baseline.ts"
import { CheckResult } from "../../src/deploy/CheckResult.ts"
import { medianOf } from "../../src/deploy/statistics/medianInterval.ts"
import { postgresPrograms } from "../faults/PostgresServer.ts"
import { changes } from "./changes.ts"
import { embeddingSeconds, RecordedStack } from "./RecordedStack.ts"

const Compared = Schema.fromJsonString(Schema.Struct({ verdict: Schema.String, checks: Schema.Array(CheckResult) }))

const record = Effect.fnUntraced(function*(name: string, ...flags: ReadonlyArray<string>) {
  const { accessa, directory } = yield* RecordedStack
  const file = join(directory, name)
  const { code, stderr } = yield* accessa("baseline", "record", "--out", file, ...flags)
  assert.strictEqual(code, 0, stderr)
  return file
})

const compare = Effect.fnUntraced(function*(file: string, ...flags: ReadonlyArray<string>) {
  const { accessa } = yield* RecordedStack
  const { code, stderr, stdout } = yield* accessa("baseline", "compare", "--against", file, ...flags)
  assert.notStrictEqual(stdout, "", stderr)
  const { checks, verdict } = yield* Schema.decodeEffect(Compared)(stdout)
  const told = (wanted: string) =>
    checks.filter((check) => check.verdict === wanted).map(({ check, found, group }) => ({
      name: `${group}, ${check}`,
      found
    }))
  return { code, verdict, checks, failed: told("fail"), doubtful: told("inconclusive") }
})

/** One round is enough for everything but times. */
const oneRound = ["--rounds", "1"]

const programs = Effect.runSync(postgresPrograms)
const places = programs === undefined ? [] : [programs]
const missing = programs === undefined ? ["PostgreSQL's programs are not in PATH or PG_BIN"] : []

// oxlint-disable-next-line vitest/no-disabled-tests -- nothing runs here, the name is the message
for (const reason of missing) anyTest.skip(`the recorded stack: ${reason}`, () => {})

for (const place of places) {
  layer(Layer.merge(RecordedStack.layer(place), NodeServices.layer), {
    excludeTestServices: true,
    timeout: "5 minutes"
  })(
    "a recorded stack",
    (it) => {
      const recorded = "baseline.json"

      it.effect("is recorded twice, and is as recorded both times", () =>
        Effect.gen(function*() {
          for (const name of ["earlier.json", recorded]) {
            const file = yield* record(name)
            const { code, doubtful, failed, verdict } = yield* compare(file)
            assert.deepStrictEqual(failed, [])
            assert.deepStrictEqual(doubtful.filter(({ name }) => !name.startsWith("times, ")), [])
            assert.strictEqual(code, verdict === "pass" ? 0 : 6)
            yield* Effect.logInfo(`${verdict}${doubtful.map(({ found, name }) => `\n${name}: ${found}`).join("")}`)
          }
        }))

      for (const { change, fails, says, title } of changes) {
        it.effect(`names ${title}, and nothing else`, () =>
          Effect.gen(function*() {
            const stack = yield* RecordedStack
            yield* change(stack)
            const { code, failed } = yield* compare(join(stack.directory, recorded), ...oneRound)
            assert.deepStrictEqual(failed.map(({ name }) => name), fails, failed.map(({ found }) => found).join("\n"))
            assert.include(failed[0]?.found, says)
            assert.strictEqual(code, 1)
          }))
      }

      it.effect("names a migration that the recorded release had, and what it lacks by that", () =>
        Effect.gen(function*() {
          const { nextRelease, restarted } = yield* RecordedStack
          const next = yield* nextRelease
          const file = yield* Effect.scoped(
            Effect.andThen(restarted(["api", "worker"], next), record("next.json", ...oneRound))
          )
          const { failed } = yield* compare(file, ...oneRound)
          assert.deepStrictEqual(failed.map(({ name }) => name), ["database, migrations", "database, schema"])
          assert.include(failed[0]?.found, "1 missing")
          assert.include(failed[1]?.found, "column documents.shelf is missing")
        }))

      it.effect("names a stage that takes three times as long", (test) =>
        Effect.gen(function*() {
          const { restarted } = yield* RecordedStack
          const fs = yield* FileSystem.FileSystem
          const judged = Effect.gen(function*() {
            const file = yield* record(recorded)
            const { facts } = yield* Schema.decodeEffect(BaselineFile)(yield* fs.readFileString(file))
            const usual = medianOf(facts.rounds.map(({ stagesMs }) => stagesMs["embed"] ?? 0)) / 1_000
            yield* restarted(["mock-openai"], { MOCK_OPENAI_DELAY: String(embeddingSeconds + 2 * usual) })
            const { checks, code, failed } = yield* compare(file)
            const embed = checks.find(({ check }) => check === "embed")
            assert.notStrictEqual(embed?.verdict, "pass", embed?.found)
            // The total is longer, too.
            assert.deepStrictEqual(failed.filter(({ name }) => !["times, embed", "times, total"].includes(name)), [])
            assert.strictEqual(code, failed.length > 0 ? 1 : 6)
            return embed
          })
          const embed = yield* Effect.scoped(judged).pipe(
            Effect.repeat({ times: 3, until: (each) => each?.verdict === "fail" })
          )
          if (embed?.verdict !== "fail") test.skip(`this machine is too busy to judge times: ${embed?.found}`)
          yield* Effect.logInfo(embed?.found)
        }))

      it.effect("cannot be judged without traffic, which exits with 6", () =>
        Effect.gen(function*() {
          const { directory } = yield* RecordedStack
          const { code, doubtful, failed } = yield* compare(join(directory, recorded), "--rounds", "0")
          assert.deepStrictEqual(failed, [])
          assert.deepStrictEqual(
            [...new Set(doubtful.map(({ name }) => name.split(",")[0]))],
            ["documents", "times"]
          )
          assert.strictEqual(code, 6)
        }))
    }
  )
}
