/** A baseline of a running stack, recorded and compared. */
import { assert } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import { BaselineFile } from "../../src/deploy/baseline/Baseline.ts"
import { CheckResult } from "../../src/deploy/CheckResult.ts"
import { runCli } from "../support/harness/runCli.ts"
import { type OnStack, SharedStack } from "./SharedStack.ts"

const Compared = Schema.fromJsonString(Schema.Struct({ checks: Schema.Array(CheckResult) }))

export const baseline = (it: OnStack) =>
  it.effect(
    "a stack that is recorded and compared is as recorded, and no document is left",
    () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { directory, ports } = yield* SharedStack
        const env = { ACCESSA_URL: `http://127.0.0.1:${ports.api}`, ACCESSA_DATA_DIR: directory }
        const file = `${directory}/baseline.json`
        const run = (...args: ReadonlyArray<string>) => runCli(["baseline", ...args, "--json"], { env })

        const recorded = yield* run("record", "--out", file, "--rounds", "1")
        assert.strictEqual(recorded.code, 0, recorded.stderr)
        const text = yield* fs.readFileString(file)
        const { facts } = yield* Schema.decodeEffect(BaselineFile)(text)
        assert.isAbove(facts.rounds[0]?.stagesMs["total"] ?? 0, 0)
        assert.isAbove(facts.rounds[0]?.tokens ?? 0, 0)
        assert.notInclude(text, (yield* fs.readFileString(`${directory}/local-key`)).trim())

        // One round says nothing about times.
        const { code, stdout } = yield* run("compare", "--against", file, "--rounds", "1")
        assert.strictEqual(code, 6)
        const { checks } = yield* Schema.decodeEffect(Compared)(stdout)
        assert.deepStrictEqual(checks.filter(({ group, verdict }) => verdict !== "pass" && group !== "times"), [])
        assert.isAtLeast(checks.filter(({ verdict }) => verdict === "pass").length, 15)

        const left = yield* runCli(["jobs", "list", "--json"], { env })
        assert.notInclude(left.stdout, "accessa-baseline-")
      }),
    300_000
  )
