import { it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { assert, describe } from "vitest"
import { Output } from "../../../src/cli/terminal/Output.ts"
import { block, ProgressBoard } from "../../../src/cli/terminal/ProgressBoard.ts"
import { started } from "../../../src/cli/terminal/ProgressLine.ts"
import { plain } from "../../../src/cli/terminal/Style.ts"
import { aJob } from "../../support/stubs/cannedJob.ts"

/** Everything written, in order, with its kind: drawn or a line. */
const recorder = (written: Array<string>, terminal: boolean, json = false) =>
  Layer.succeed(Output, {
    json,
    stdoutIsTerminal: false,
    stderrIsTerminal: terminal,
    style: plain,
    noteStyle: plain,
    size: Effect.succeed({ columns: 60, rows: 4 }),
    print: (line) => Effect.sync(() => void written.push(`out ${line}`)),
    record: () => Effect.void,
    note: (line) => Effect.sync(() => void written.push(`note ${line}`)),
    draw: (text) => Effect.sync(() => void written.push(`draw ${text}`)),
    fail: () => Effect.void
  })

const run = <A>(written: Array<string>, terminal: boolean, use: Effect.Effect<A, never, ProgressBoard>, json = false) =>
  use.pipe(Effect.provide(ProgressBoard.layer.pipe(Layer.provide(recorder(written, terminal, json)))))

const steps = Effect.gen(function*() {
  const board = yield* ProgressBoard
  yield* board.show(started("a.pdf"))
  yield* TestClock.adjust("100 millis")
  yield* board.show({ name: "a.pdf", job: aJob({ status: "parse_queued" }) })
  yield* board.show({ name: "a.pdf", job: aJob({ status: "parse_queued" }) })
  yield* TestClock.adjust("100 millis")
  yield* board.drop("a.pdf")
})

describe("the progress board", () => {
  it.effect("the progress board redraws its lines in place on a terminal, and cleans up at the end", () =>
    Effect.gen(function*() {
      const written: Array<string> = []
      yield* run(written, true, steps)
      assert.deepStrictEqual(written, [
        "draw \r\u001b[Ja.pdf     ● uploading",
        "draw \r\u001b[Ja.pdf     ● parsing",
        "draw \r\u001b[J"
      ])
    }))
  it.effect("the progress board writes one line per change elsewhere, and none without a change", () =>
    Effect.gen(function*() {
      const written: Array<string> = []
      yield* run(written, false, steps)
      assert.deepStrictEqual(written, ["note a.pdf  uploading", "note a.pdf  parsing"])
    }))
  it.effect("the progress board is silent with --json", () =>
    Effect.gen(function*() {
      const written: Array<string> = []
      yield* run(written, false, steps, true)
      assert.deepStrictEqual(written, [])
    }))
  it.effect("the progress board moves up as many lines as it drew", () =>
    Effect.gen(function*() {
      const written: Array<string> = []
      yield* run(
        written,
        true,
        Effect.gen(function*() {
          const board = yield* ProgressBoard
          for (const name of ["a", "b", "c"]) yield* board.show(started(name))
          yield* TestClock.adjust("100 millis")
          yield* board.drop("b")
          yield* TestClock.adjust("100 millis")
        })
      )
      assert.isTrue(written[1]?.startsWith("draw \r\u001b[2A\u001b[J"))
      assert.strictEqual(written[2], "draw \r\u001b[1A\u001b[J")
    }))
})

describe("the block of lines", () => {
  const options = { columns: 60, rows: 3, now: 0, style: plain }
  const documents = ["a", "b", "c", "d", "e"].map((name) => ({ name, job: aJob() }))
  it("the block of lines is no taller than the screen, and says how many lines are omitted", () => {
    const lines = block(documents, options)
    assert.lengthOf(lines, 3)
    assert.strictEqual(lines[2], "… and 3 more")
  })
  it("the block of lines shows active documents before waiting ones", () => {
    const moving = { name: "moving", job: aJob({ status: "chunking" }) }
    assert.include(block([...documents, moving], options)[0], "moving")
  })
})
