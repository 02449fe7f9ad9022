/** `pnpm imports`: fails if a file imports what its room may not (scripts/imports/rooms.ts). */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem, Schema } from "effect"
import { brokenArrows } from "./imports/checkImports.ts"
import { exceptions, rooms } from "./imports/rooms.ts"

class ImportsNotAllowed
  extends Schema.TaggedError<ImportsNotAllowed>()("ImportsNotAllowed", { message: Schema.String })
{}

Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const roots = [...new Set(Object.keys(rooms).map((room) => room.split("/")[0] ?? room))]
  const files = (yield* Effect.forEach(roots, (root) =>
    Effect.map(fs.readDirectory(root, { recursive: true }), (names) =>
      names.map((name) =>
        `${root}/${name}`
      ))))
    .flat().filter((name) =>
      name.endsWith(".ts") && !name.endsWith(".d.ts")
    )
  const broken =
    (yield* Effect.forEach(files, (file) => Effect.map(fs.readFileString(file), (text) => brokenArrows(file, text))))
      .flat()
  const unknown = broken.filter(({ arrow }) => !exceptions.includes(arrow)).map(({ message }) => message)
  const mended = exceptions
    .filter((exception) => !broken.some(({ arrow }) => arrow === exception))
    .map((exception) => `${exception} is no longer needed: remove it from the exceptions in scripts/imports/rooms.ts.`)
  const wrong = [...unknown, ...mended]
  for (const message of wrong) yield* Console.error(message)
  if (wrong.length > 0) return yield* new ImportsNotAllowed({ message: `${wrong.length} imports are not allowed.` })
  yield* Console.log(`Imports: ${files.length} files keep to their rooms.`)
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
