import { assert, describe, it } from "@effect/vitest"
import { Option } from "effect"
import { readdirSync, readFileSync } from "node:fs"
import { contracting, mayBeUsed, unusedSince } from "../../../src/deploy/release/contracting.ts"

const folder = new URL("../../../migrations/", import.meta.url)
const migrations = readdirSync(folder).filter((name) => /^\d{4}_/.test(name)).map((name) => ({
  name,
  number: Number(name.slice(0, 4)),
  text: readFileSync(new URL(name, folder), "utf8")
}))

describe("migrations that take something away", () => {
  it("say from 0030 on since which migration no release uses it", () => {
    const silent = migrations.filter(({ number, text }) =>
      number >= 30 && contracting(text).length > 0 && !Option.exists(unusedSince(text), (since) => since < number)
    )
    assert.deepStrictEqual(silent.map(({ name }) => name), [])
  })

  it("may run after a release with that migration, and not before", () => {
    const found = migrations.find(({ number }) => number === 30)
    const text = found?.text ?? ""
    const migration = { number: 30, name: "", contracts: contracting(text), unusedSince: unusedSince(text) }
    assert.deepStrictEqual(migration.contracts, ["drops a table"])
    assert.isTrue(mayBeUsed(migration, 19))
    assert.isFalse(mayBeUsed(migration, 20))
  })
})
