/** `pnpm exec node scripts/write-docs.ts`: writes the pages of docs/ that come from the code, and the README's picture. */
import { NodeRuntime, NodeServices } from "@effect/platform-node"
import { Console, Effect, FileSystem } from "effect"
import { docPages } from "./docs/pages.ts"

Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  for (const { path, text } of yield* docPages) {
    if ((yield* fs.exists(path)) && (yield* fs.readFileString(path)) === text) continue
    yield* fs.writeFileString(path, text)
    yield* Console.log(`${path} written`)
  }
}).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
