/** `pnpm faults`: the faults, the bad inputs, and the two stress loops. */
import { Duration, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import { killLoop } from "./loops/killLoop.ts"
import { restartLoop } from "./loops/restartLoop.ts"
import { playOne, runFlags, runMain, suiteCommand, suiteServices } from "./suite.ts"

const faults = suiteCommand({
  name: "faults",
  folders: [new URL("cases/", import.meta.url), new URL("inputs/", import.meta.url)],
  order: "FBI"
})

const loopFlags = { ...runFlags, documents: Flag.Int("documents").pipe(Flag.withDefault(200)) }
const seconds = (name: string, byDefault: number) =>
  Flag.Int(name).pipe(Flag.withDefault(byDefault), Flag.map(Duration.seconds))

/** The two stress loops, which take minutes: `pnpm faults loop kill`, `pnpm faults loop restart`. */
const loop = Command.make("loop").pipe(Command.withSubcommands([
  Command.make(
    "kill",
    { ...loopFlags, duration: seconds("seconds", 300), every: seconds("every", 3) },
    ({ documents, duration, every, ...run }) => playOne("faults", killLoop({ documents, duration, every }), run)
  ),
  Command.make(
    "restart",
    { ...loopFlags, duration: seconds("seconds", 120), every: seconds("every", 5) },
    ({ documents, duration, every, ...run }) => playOne("faults", restartLoop({ documents, duration, every }), run)
  )
]))

faults.pipe(
  Command.withSubcommands([loop]),
  Command.run({ version: "1" }),
  Effect.provide(suiteServices),
  runMain
)
