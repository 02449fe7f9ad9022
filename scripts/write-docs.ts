/**
 * `pnpm exec node scripts/write-docs.ts`: writes what comes from the code: pages of docs/, the README's picture,
 * and the types of the clients.
 */
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
