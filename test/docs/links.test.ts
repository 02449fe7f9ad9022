import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { posix } from "node:path"

const pages = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const docs = (yield* fs.readDirectory("docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)
  return yield* Effect.forEach(
    ["README.md", "CHANGELOG.md", ...docs],
    (path) => Effect.map(fs.readFileString(path), (text) => ({ path, text }))
  )
})

/** The anchor that a heading gets, as Markdown renderers make it. */
const anchorOf = (heading: string): string =>
  heading.toLowerCase().replaceAll(/[^\p{L}\p{N}\s-]/gu, "").trim().replaceAll(/\s/gu, "-")

layer(NodeServices.layer)("the pages of documentation", (it) => {
  it.effect("link only to files and headings that exist", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      for (const { path, text } of yield* pages) {
        for (const [, target = ""] of text.matchAll(/\]\(([^)\s]+)\)/gu)) {
          if (/^https?:/u.test(target)) continue
          const [file = "", anchor] = target.split("#")
          const linked = file === "" ? path : posix.join(posix.dirname(path), file)
          assert.isTrue(yield* fs.exists(linked), `${path} links to ${target}`)
          if (anchor === undefined) continue
          const headings = [...(yield* fs.readFileString(linked)).matchAll(/^#+ (.+)$/gmu)].map(([, title = ""]) =>
            title
          )
          assert.include(headings.map(anchorOf), anchor, `${path} links to ${target}`)
        }
      }
    }))

  it.effect("name only source files that exist", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      for (const { path, text } of (yield* pages).filter((page) => page.path !== "docs/faults.md")) {
        for (const [, file = ""] of text.matchAll(/`((?:[\w.-]+\/)+[\w.-]+\.(?:ts|sql|sh|yml))`/gu)) {
          if (file.startsWith("../")) continue
          assert.isTrue(yield* fs.exists(file), `${path} names ${file}`)
        }
      }
    }))

  it.effect("the pages of documentation are all listed in docs/README.md", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const map = yield* fs.readFileString("docs/README.md")
      for (const { path } of yield* pages) {
        const name = posix.basename(path)
        if (posix.dirname(path) === "docs" && name !== "README.md") assert.include(map, `](${name})`)
      }
    }))
})
