/** `pnpm proxies:test`: nginx and haproxy in front of the API, for minutes. A short part is in the tests (proxies.test.ts). */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { runMain, suiteCommand, suiteServices } from "../faults/suite.ts"

suiteCommand({ name: "proxies:test", folders: [new URL("cases/", import.meta.url)], order: "P" }).pipe(
  Command.run({ version: "1" }),
  Effect.provide(suiteServices),
  runMain
)
