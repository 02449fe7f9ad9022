import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { rooms } from "../../scripts/imports/rooms.ts"

const roots = [...new Set(Object.keys(rooms).map((room) => room.split("/")[0] ?? room))]

layer(NodeServices.layer)("the size of source files", (it) => {
  it.effect("no source file has more than 300 lines, and half of them have at most 110", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const sizes: Array<number> = []
      for (const root of roots) {
        for (const name of yield* fs.readDirectory(root, { recursive: true })) {
          if (!/\.(ts|css)$/.test(name) || name.includes("node_modules")) continue
          const lines = (yield* fs.readFileString(`${root}/${name}`)).trimEnd().split("\n").length
          assert.isAtMost(lines, 300, `${root}/${name}`)
          sizes.push(lines)
        }
      }
      const median = sizes.sort((one, other) => one - other)[Math.floor(sizes.length / 2)] ?? Infinity
      assert.isAtMost(median, 110)
    }))
})
