/** The project's .env: one `NAME=value` per line. Lines that are not changed stay as they are. */
import { Effect, FileSystem, Option, Redacted, Semaphore } from "effect"
import { PlatformFailed } from "../../../services/DeployPlatform.ts"

const assignment = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/

export const envFile = Effect.fnUntraced(function*(path: string) {
  const fs = yield* FileSystem.FileSystem
  const turn = yield* Semaphore.make(1)
  const failed = (what: string) => () => new PlatformFailed({ message: `${path} cannot be ${what}.`, retryable: false })
  const lines = Effect.gen(function*() {
    if (!(yield* fs.exists(path))) return []
    return (yield* fs.readFileString(path)).split("\n").filter((line, index, all) =>
      line !== "" || index < all.length - 1
    )
  }).pipe(Effect.mapError(failed("read")))

  return {
    read: Effect.map(lines, (all) =>
      Object.fromEntries(all.flatMap((line) => {
        const [, name, value] = assignment.exec(line) ?? []
        return name === undefined || value === undefined ? [] : [[name, Redacted.make(value)] as const]
      }))),
    change: Effect.fnUntraced(function*(changes: Readonly<Record<string, Option.Option<Redacted.Redacted>>>) {
      const broken = Object.entries(changes).find(([, value]) =>
        Option.isSome(value) && /[\r\n]/.test(Redacted.value(value.value))
      )
      if (broken !== undefined) {
        return yield* new PlatformFailed({ message: `${broken[0]} has more than one line.`, retryable: false })
      }
      const kept = (yield* lines).filter((line) => changes[assignment.exec(line)?.[1] ?? ""] === undefined)
      const set = Object.entries(changes).flatMap(([name, value]) =>
        Option.isSome(value) ? [`${name}=${Redacted.value(value.value)}`] : []
      )
      // Written under another name first, so that a crash leaves the old file or the new one.
      yield* fs.writeFileString(`${path}.new`, `${[...kept, ...set].join("\n")}\n`, { mode: 0o600 }).pipe(
        Effect.andThen(fs.rename(`${path}.new`, path)),
        Effect.mapError(failed("written"))
      )
    }, turn.withPermit)
  }
})
