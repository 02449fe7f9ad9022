/**
 * The end of a process that was told to stop and does not: something in it ignores its interruption. By then a worker has
 * given its jobs back; what still runs is shut out by their new fences.
 */
import { Console, Duration, Effect } from "effect"
import { once } from "node:events"
import process, { exit } from "node:process"

/** `EX_SOFTWARE`: an orderly stop exits with another code. */
export const hardStopCode = 70

/** Runs beside the program; does nothing until one of the signals. */
export const hardStop = (after: Duration.Duration) =>
  Effect.raceFirst(signal("SIGTERM"), signal("SIGINT")).pipe(
    Effect.andThen(Effect.sleep(after)),
    Effect.andThen(
      Console.error(
        `Still running ${Duration.format(after)} after the signal to stop: stopped hard, exit code ${hardStopCode}.`
      )
    ),
    Effect.andThen(Effect.sync(() => exit(hardStopCode)))
  )

const signal = (name: NodeJS.Signals) => Effect.promise((abort) => once(process, name, { signal: abort }))
