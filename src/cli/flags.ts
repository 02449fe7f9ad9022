/** The root command with the global flags, and the flags that several commands share. */
import { Duration, Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { HttpUrl } from "../settings/Setting.ts"
import { addressOf, usualAddress } from "../settings/table.ts"
import type { CommandFailure } from "./CommandFailure.ts"

export const root = Command.make("accessa").pipe(
  Command.withDescription("Ingest documents, make them searchable, and verify the result."),
  Command.withSharedFlags({
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Print only JSON on stdout, for programs"),
      Flag.withDefault(false)
    ),
    url: Flag.String("url").pipe(
      Flag.withDescription(`The API's address (ACCESSA_URL; ${usualAddress("ACCESSA_URL")})`),
      Flag.withSchema(HttpUrl),
      Flag.withFallbackConfig(addressOf("ACCESSA_URL", "local"))
    )
  })
)

/** `90s`, `10m`, `2h`, `30d`. A bare number is refused: `--expires 90` would be a key for a minute and a half. */
const DurationText = Schema.String.check(
  Schema.isPattern(/^\d+(\.\d+)?[smhd]$/u, { message: "Expected a time such as 90s, 10m, 2h or 30d" }),
  Schema.makeFilter((text) => millisOf(text) <= longest || "Expected at most 36500d")
)

const longest = 36_500 * 86_400_000

const millisOf = (text: string): number =>
  Number.parseFloat(text) * ({ s: 1_000, m: 60_000, h: 3_600_000 }[text.slice(-1)] ?? 86_400_000)

export const duration = (name: string, description: string) =>
  Flag.String(name).pipe(
    Flag.withDescription(description),
    Flag.withSchema(DurationText),
    Flag.map((text) => Duration.millis(millisOf(text))),
    Flag.optional
  )

export const timeout = duration(
  "timeout",
  "Stop waiting after this time (90s, 10m, 2h) and exit with 5; the jobs continue"
)

export const limit = (what: string, byDefault: number, maximum: number) =>
  Flag.Int("limit").pipe(
    Flag.withAlias("n"),
    Flag.withDescription(`How many ${what} (at most ${maximum})`),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum }))),
    Flag.withDefault(byDefault)
  )

export const jobArgument = Argument.String("job").pipe(
  Argument.withDescription("The job's id, or its first characters")
)

/** The limit of a wait, if one was given, and the failure when it is reached. */
export const within =
  (after: Option.Option<Duration.Duration>, late: CommandFailure) =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | CommandFailure, R> =>
    Option.match(after, {
      onNone: () => self,
      onSome: (duration) => Effect.timeoutOrElse(self, { duration, orElse: () => Effect.fail(late) })
    })
