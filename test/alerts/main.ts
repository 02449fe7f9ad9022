/** `pnpm alerts:test`: failures that are caused on a real stack, and the alerts that report them. The ids are `S1`, `S2`, … */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { runMain, suiteCommand, suiteServices } from "../faults/suite.ts"

suiteCommand({ name: "alerts:test", folders: [new URL("cases/", import.meta.url)], order: "S" }).pipe(
  Command.run({ version: "1" }),
  Effect.provide(suiteServices),
  runMain
)
