import { assert, describe, it } from "@effect/vitest"
import { resultLine } from "../../../src/cli/terminal/resultLine.ts"
import { statusCell } from "../../../src/cli/terminal/statusCell.ts"
import { plain } from "../../../src/cli/terminal/Style.ts"
import { aJob } from "../../support/stubs/cannedJob.ts"

const whole = aJob({ status: "complete" })
const incomplete = aJob({ status: "complete", warnings: ["4 pages are not in the parsed text: 52-55."] })

describe("a complete job", () => {
  it("has a tick, and its status alone in a list, if nothing of its document is missing", () => {
    assert.match(resultLine("a.pdf", whole, plain), /^✓ /)
    assert.strictEqual(statusCell(whole, plain).text, "complete")
  })

  it("has no tick, and says what is missing, if its text is incomplete", () => {
    const said = resultLine("a.pdf", incomplete, plain)
    assert.notInclude(said, "✓")
    assert.include(said, "INCOMPLETE TEXT")
    assert.include(said, "! 4 pages are not in the parsed text: 52-55.")
    assert.strictEqual(statusCell(incomplete, plain).text, "complete, 1 warning")
  })
})
