/** Commands that are killed, and commands that come while another one works. */
import { Deferred, Effect, Fiber } from "effect"
import { spawn } from "node:child_process"
import { DeployStack, Ended, type Ran } from "./DeployStack.ts"

/** Calls `said` with all that the command has said so far; what it returns kills the command with -9. */
const run = Effect.fnUntraced(function*(args: ReadonlyArray<string>, said: (text: string) => boolean) {
  const stack = yield* DeployStack
  return yield* Effect.callback<Ran & { readonly killed: boolean }>((resume) => {
    const child = spawn(stack.node, [`${stack.root}/src/bin/accessa.ts`, ...args], {
      env: stack.ofCommand,
      cwd: stack.directory,
      stdio: ["ignore", "pipe", "pipe"]
    })
    let [out, text, killed] = ["", "", false]
    child.stdout.on("data", (part) => out += part)
    child.stderr.on("data", (part) => {
      text += part
      if (!killed && said(text)) killed = child.kill("SIGKILL")
    })
    child.on("exit", (code) => resume(Effect.succeed({ killed, code, out, said: text })))
    return Effect.sync(() => void child.kill("SIGKILL"))
  })
})

/** Kills the command as soon as it has said that a step begins or is over; the last run goes to the end. Returns how often. */
export const killedAgainAndAgain = Effect.fnUntraced(function*(args: ReadonlyArray<string>) {
  const stack = yield* DeployStack
  const passed = new Set<string>()
  const isNew = (text: string) => {
    const step = stack.killAt.find((each) => text.includes(each) && !passed.has(each))
    if (step !== undefined) passed.add(step)
    return step !== undefined
  }
  for (let kills = 0;; kills++) {
    const { killed } = yield* run(args, isNew)
    if (!killed) return kills
    // The next one is refused until the lease of the killed one is over.
    yield* stack.sql`UPDATE releases SET lease_until = now() WHERE ended_at IS NULL`
  }
})

/** Runs the command, and meanwhile the same one again and one for another version. Returns what both were told. */
export const besideRivals = Effect.fnUntraced(function*(args: ReadonlyArray<string>, tag: string) {
  const begun = yield* Deferred.make<void>()
  const first = yield* Effect.forkChild(run(args, (text) => {
    if (text.includes("✓ freeze")) Deferred.doneUnsafe(begun, Effect.void)
    return false
  }))
  const isUnderWay = yield* Effect.raceFirst(
    Effect.as(Deferred.await(begun), true),
    Effect.as(Fiber.await(first), false)
  )
  // It was refused before anything changed: the others would deploy.
  if (!isUnderWay) return ""
  const refused = yield* Effect.forEach(
    [args, args.map((each) => each === `--release=${tag}` ? "--release=60d2000" : each)],
    (others) =>
      Effect.filterOrFail(
        run(others, () => false),
        ({ code, said }) => code === 1 && said.includes("DEPLOY_UNDER_WAY"),
        ({ code, out, said }) => new Ended({ message: `Another command ended with ${code}: ${said}${out}` })
      ),
    { concurrency: "unbounded" }
  )
  yield* Fiber.join(first)
  return refused.map(({ said }) => said.trim()).join(" ")
})
