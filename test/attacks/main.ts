/**
 * `pnpm attacks`: what an attacker with an ordinary user's key, or without any key, can do to others and to the data, run
 * from outside. The ids are `A1`, `A2`, …
 */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { runMain, suiteCommand, suiteServices } from "../faults/suite.ts"

suiteCommand({ name: "attacks", folders: [new URL("cases/", import.meta.url)], order: "A" }).pipe(
  Command.run({ version: "1" }),
  Effect.provide(suiteServices),
  runMain
)
