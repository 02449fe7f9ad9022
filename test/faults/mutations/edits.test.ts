import { assert, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { mutations } from "./mutations.ts"

it("each text that a mutation replaces stands in its file exactly once", () => {
  const stale = mutations.flatMap(({ edits, name }) =>
    edits.filter(({ file, from }) => readFileSync(file, "utf8").split(from).length !== 2)
      .map(({ file, from }) => `${name}: ${file}: ${from}`)
  )
  assert.deepStrictEqual(stale, [])
})
