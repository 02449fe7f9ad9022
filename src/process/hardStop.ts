/**
 * Ends a process that does not stop when asked, because something in it ignores interruption. By then a worker has released
 * its jobs; later writes are refused because of their new fences.
 */
import { Console, Duration, Effect } from "effect"
import { once } from "node:events"
import process, { exit } from "node:process"

/** `EX_SOFTWARE`: an orderly stop exits with a different code. */
export const hardStopCode = 70

/** Runs next to the program; does nothing until a stop signal. */
export const hardStop = (after: Duration.Duration) =>
  Effect.raceFirst(signal("SIGTERM"), signal("SIGINT")).pipe(
    Effect.andThen(Effect.sleep(after)),
    Effect.andThen(
      Console.error(
        `Still running ${Duration.format(after)} after the stop signal: exiting with code ${hardStopCode}.`
      )
    ),
    Effect.andThen(Effect.sync(() => exit(hardStopCode)))
  )

const signal = (name: NodeJS.Signals) => Effect.promise((abort) => once(process, name, { signal: abort }))
