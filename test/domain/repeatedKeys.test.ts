import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { repeatedKeys } from "../../src/domain/repeatedKeys.ts"

describe("repeated members of a JSON text", () => {
  it.each([
    [`{"a":1,"a":2}`, ["/a"]],
    [`{"a":1,"\\u0061":2}`, ["/a"]],
    [`[{"a":1},{"b":{"c":"}","c":[1,2]}}]`, ["/1/b/c"]],
    [`{"a":{"a":1},"b":{"a":2}}`, []],
    [`{"a":"\\"a\\":1,","b":["a","a"]}`, []],
    [`{"~":1,"/":2,"/":3}`, ["/~1"]]
  ])("%s has them at %j", (json, pointers) => assert.deepStrictEqual(repeatedKeys(json), pointers))

  it.prop("repeated members are found in no text that JSON.stringify wrote", [Schema.Json], ([value]) => {
    assert.deepStrictEqual(repeatedKeys(JSON.stringify(value)), [])
  })
})
