import { it } from "@effect/vitest"
import type { Schema } from "effect"
import { assert, describe } from "vitest"
import * as Problem from "../../src/api/Problem.ts"
import { helpFor, requestCodes } from "../../src/api/requestCodes.ts"
import { errorCodes } from "../../src/domain/ErrorCode.ts"

/** All strings that a problem's `code` may be. */
const codesOf = (code: Schema.Top): ReadonlyArray<string> => {
  const ast = code.ast
  const literals = ast._tag === "Union" ? ast.types : [ast]
  return literals.flatMap((one) => one._tag === "Literal" ? [String(one.literal)] : [])
}

const declared = Object.values(Problem).flatMap((one) =>
  "fields" in one && "code" in one.fields ? codesOf(one.fields.code) : []
)

describe("the table of request codes", () => {
  it("lists exactly the codes of refused requests", () => {
    assert.isAbove(declared.length, 40)
    const ofRequests = new Set(declared.filter((code) => !Object.hasOwn(errorCodes, code)))
    assert.sameMembers([...ofRequests], Object.keys(requestCodes))
  })

  it("has a title and a help sentence for each code", () => {
    for (const { help, title } of Object.values(requestCodes)) {
      assert.match(title, /^[A-Z].*\.$/)
      assert.match(help, /^[A-Z`].*\.$/)
    }
  })

  it("has no help for a newer server's code, or for a property of Object.prototype", () => {
    assert.strictEqual(helpFor("NEWER_CODE"), "")
    assert.strictEqual(helpFor("constructor"), "")
  })
})
