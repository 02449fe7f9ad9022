/** Every test that docs/security.md names as a proof exists. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"

const caseIds = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const ids = new Set<string>()
  for (const folder of ["test/attacks/cases", "test/faults/cases", "test/faults/inputs"]) {
    for (const name of yield* fs.readDirectory(folder)) {
      const text = yield* fs.readFileString(`${folder}/${name}`)
      for (const [, id = ""] of text.matchAll(/id: "(\w+)"/gu)) ids.add(id)
    }
  }
  return ids
})

layer(NodeServices.layer)("the threats in docs/security.md", (it) => {
  it.effect("each name a proof, and only tests and cases that exist", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const ids = yield* caseIds
      const [, table = ""] = /^## Threats$(.*?)^## /msu.exec(yield* fs.readFileString("docs/security.md")) ?? []
      const rows = table.split("\n").filter((line) => line.startsWith("|")).slice(2)
      assert.isAbove(rows.length, 10)
      for (const row of rows) {
        const proofs = (row.split("|")[3] ?? "").split(",").map((proof) => proof.trim().replaceAll("`", ""))
        for (const proof of proofs) {
          assert.isTrue(proof.includes("/") ? yield* fs.exists(proof) : ids.has(proof), `${proof} in ${row}`)
        }
      }
    }))
})
