import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { AlertRuleName } from "../../src/domain/AlertRule.ts"
import { ErrorCode, errorCodes } from "../../src/domain/ErrorCode.ts"
import { readRunbook } from "../../src/monitor/server/runbooks.ts"

/** Each rule has a runbook; alerts about circuits have that of the error code. */
const alerting: ReadonlyArray<string> = [
  ...new Set<string>([
    ...AlertRuleName.literals,
    ...ErrorCode.literals.filter((code) => {
      const { class: kind, dependency } = errorCodes[code]
      return kind === "recoverable" && dependency !== null
    })
  ])
]

layer(NodeServices.layer)("the runbooks", (it) => {
  for (const code of alerting) {
    it.effect(`the runbook of ${code} says what it means, what to check, how to fix it and whom to tell`, () =>
      Effect.gen(function*() {
        const fs = yield* FileSystem.FileSystem
        const { sections, title } = readRunbook(yield* fs.readFileString(`docs/runbooks/${code}.md`))
        assert.isNotEmpty(title)
        assert.deepStrictEqual(sections.map((section) => section.title), [
          "What it means",
          "Check",
          "Repair",
          "Escalate"
        ])
        assert.isTrue(sections.every(({ paragraphs }) => paragraphs.length > 0))
      }))
  }

  it.effect("the runbooks ask for the jobs of all users: those of the person on call are none of them", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const own: Array<string> = []
      for (const name of yield* fs.readDirectory("docs/runbooks")) {
        const text = yield* fs.readFileString(`docs/runbooks/${name}`)
        own.push(...(text.match(/^accessa jobs (?!.*(?:--filter|--user USER --reason)).*$/gmu) ?? []))
      }
      assert.deepStrictEqual(own, [])
    }))

  it.effect("the runbooks cover only codes that alerts are raised for", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const names = (yield* fs.readDirectory("docs/runbooks")).map((name) => name.replace(/\.md$/u, ""))
      assert.sameMembers([...names], [...alerting])
    }))
})
