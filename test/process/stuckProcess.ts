/** A process that cannot be interrupted; it reports when it is running. */
import { NodeRuntime } from "@effect/platform-node"
import { Console, Duration, Effect } from "effect"
import { hardStop } from "../../src/process/hardStop.ts"

Effect.runFork(hardStop(Duration.millis(300)))
NodeRuntime.runMain(Effect.uninterruptible(Effect.andThen(Console.log("ready"), Effect.never)))
