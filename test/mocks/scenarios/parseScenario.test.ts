import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Duration, Effect, FileSystem } from "effect"
import { assert } from "vitest"
import { fitsPattern } from "../../../src/domain/fitsPattern.ts"
import { parseScenario } from "../../../src/mocks/scenarios/parseScenario.ts"
import { makeScript } from "../../../src/mocks/scenarios/Script.ts"

const complaint = (yaml: string) => Effect.map(Effect.flip(parseScenario(yaml)), ({ message }) => message)

describe("parseScenario", () => {
  it.effect("reads times with their units", () =>
    Effect.gen(function*() {
      const spans = ["250ms", "1.5s", "2m", "1h"]
      const scenario = yield* parseScenario(
        `name: x\nllamaparse: [${spans.map((span) => `{ on: job, delay: ${span} }`).join(", ")}]`
      )
      assert.deepStrictEqual(
        scenario.llamaparse?.map((step) => step.on === "job" && Duration.toMillis(step.delay ?? 0)),
        [250, 1_500, 120_000, 3_600_000]
      )
    }))

  it.effect("names the line and the field of every mistake", () =>
    Effect.gen(function*() {
      const message = yield* complaint(`name: wrong
llamaparse:
  - on: create
    reply: { status: 200 }
  - on: job
    fail: PDF_IS_SAD
openai:
  - on: embeddings
    delay: soon
    colour: red
`)
      assert.match(message, /^line 4, llamaparse\[0\]\.reply\.status: /m)
      assert.match(message, /^line 6, llamaparse\[1\]\.fail: .*PDF_IS_BROKEN/m)
      assert.match(message, /^line 9, openai\[0\]\.delay: Expected a time such as 250ms/m)
      assert.match(message, /^line 10, openai\[0\]\.colour: /m)
    }))

  it.effect("names what is incomplete", () =>
    Effect.gen(function*() {
      assert.match(yield* complaint("openai: []"), /^line 1, name: Missing key/)
      assert.match(yield* complaint("name: x\nopenai: [{ on: chat }]"), /^line 2, openai\[0\]/)
      assert.match(yield* complaint("just words"), /^line 1, the scenario: /)
    }))

  it.effect("names the line of a YAML syntax error", () =>
    Effect.gen(function*() {
      assert.match(yield* complaint("name: [x"), /line 1/)
    }))

  it.effect("reads every example", () =>
    Effect.gen(function*() {
      const files = yield* FileSystem.FileSystem
      const names = yield* files.readDirectory("examples/scenarios")
      const scenarios = yield* Effect.forEach(names, (name) =>
        Effect.flatMap(files.readFileString(`examples/scenarios/${name}`), parseScenario))
      assert.isAbove(scenarios.length, 1)
    }).pipe(Effect.provide(NodeServices.layer)))
})

describe("a script", () => {
  it("a script uses its steps in order, each as often as stated, and skips those that do not match", () => {
    const script = makeScript([{ on: "a", times: 2, n: 1 }, { on: "b", n: 2 }, { on: "a", n: 3 }])
    const take = (on: string) => script.take((step) => step.on === on)?.n
    assert.deepStrictEqual([take("b"), take("a"), take("b"), take("a"), take("a"), take("a")], [
      2,
      1,
      undefined,
      1,
      3,
      undefined
    ])
    assert.deepStrictEqual(script.progress(), [
      { on: "a", used: 2, times: 2 },
      { on: "b", used: 1, times: 1 },
      { on: "a", used: 1, times: 1 }
    ])
  })
})

describe("a pattern", () => {
  it("a pattern matches any text by a star, and every other character literally", () => {
    const fits = [["*.pdf", "a.pdf"], ["*", ""], ["a*c*e", "abcde"], ["a.b", "a.b"], ["*a*", "bab"], [
      undefined,
      "x"
    ]] as const
    const misses = [["*.pdf", "a.pdfx"], ["a*a", "a"], ["a.b", "axb"], ["*b*b*", "abc"], ["", "x"]] as const
    for (const [pattern, text] of fits) assert.isTrue(fitsPattern(pattern, text), `${pattern} ${text}`)
    for (const [pattern, text] of misses) assert.isFalse(fitsPattern(pattern, text), `${pattern} ${text}`)
  })
})
