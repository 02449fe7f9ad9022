import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { posix } from "node:path"
import { importsOf } from "../../scripts/imports/checkImports.ts"
import { rooms } from "../../scripts/imports/rooms.ts"

const page = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  return yield* fs.readFileString("docs/architecture.md")
})

const paths = /(?:src|services|layers|otel|migrations|scripts|test)(?:\/[\w.-]+)*/u

/** The node that represents a room of the import table, if any. */
const drawnAs = (nodes: ReadonlyArray<string>, room: string): string | undefined =>
  nodes.filter((node) => room === node || room.startsWith(`${node}/`)).reduce<string | undefined>(
    (longest, node) => node.length > (longest ?? "").length ? node : longest,
    undefined
  )

interface Picture {
  readonly nodes: ReadonlyArray<string>
  readonly arrows: ReadonlySet<string>
}

const pictureOf = (text: string): Picture => {
  const names = new Map([...text.matchAll(/^ {2}(\w+)\["([^"]+)"\]$/gmu)].map(([, id = "", name = ""]) => [id, name]))
  const arrows = [...text.matchAll(/^ {2}(\w+) --> (.+)$/gmu)].flatMap(([, from = "", to = ""]) =>
    to.split(" & ").map((each) => `${names.get(from)} → ${names.get(each)}`)
  )
  return { nodes: [...names.values()], arrows: new Set(arrows) }
}

const isImported = Effect.fnUntraced(function*(file: string, imported: string) {
  const fs = yield* FileSystem.FileSystem
  const found = importsOf(yield* fs.readFileString(file))
  return found.some((specifier) => posix.join(posix.dirname(file), specifier) === imported)
})

layer(NodeServices.layer)("docs/architecture.md", (it) => {
  it.effect("names only files and folders that exist", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const prose = (yield* page).replaceAll(/```.*?```/gsu, "")
      const named = [...prose.matchAll(/`([^`]+)`/gu)].map(([, name = ""]) => name)
        .filter((name) => paths.exec(name)?.[0] === name)
      assert.isAbove(named.length, 50)
      for (const path of named) assert.isTrue(yield* fs.exists(path), path)
    }))

  it.effect("docs/architecture.md says what belongs in every folder of src, services and layers", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const text = (yield* page).split("## Where a change goes")[1] ?? ""
      const folders = ["services", "otel", "migrations"]
      for (const parent of ["src", "layers"]) {
        for (const name of yield* fs.readDirectory(parent)) {
          if ((yield* fs.stat(`${parent}/${name}`)).type === "Directory") folders.push(`${parent}/${name}`)
        }
      }
      for (const folder of folders) assert.include(text, `\`${folder}\``)
    }))

  it.effect("docs/architecture.md draws exactly the arrows of the import table", () =>
    Effect.gen(function*() {
      const { arrows, nodes } = pictureOf(yield* page)
      const expected = new Set<string>()
      for (const [room, { mayImport }] of Object.entries(rooms)) {
        const from = drawnAs(nodes, room)
        if (from === undefined || mayImport.includes("*")) continue
        for (const target of mayImport) {
          const to = drawnAs(nodes, target)
          if (to !== undefined && to !== from) expected.add(`${from} → ${to}`)
        }
      }
      const free = nodes.filter((node) => rooms[node]?.mayImport.includes("*"))
      const restricted = [...arrows].filter((arrow) => !free.some((node) => arrow.startsWith(`${node} →`)))
      assert.deepStrictEqual(restricted.toSorted(), [...expected].toSorted())
    }))

  it.effect("docs/architecture.md follows a document along existing imports", () =>
    Effect.gen(function*() {
      const steps = [...(yield* page).matchAll(/`([^`]+)`(?= → )/gu)]
      const text = yield* page
      assert.isAbove(steps.length, 25)
      for (const { 0: first, 1: file = "", index } of steps) {
        const next = /^ → `([^`]+)`/u.exec(text.slice(index + first.length))?.[1] ?? ""
        assert.isTrue(yield* isImported(file, next), `${file} → ${next}`)
      }
    }))
})
