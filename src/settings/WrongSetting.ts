/** A missing or invalid setting. The message names the variable but never repeats its value. */
import { type Config, Effect, Schema, SchemaIssue } from "effect"

export class WrongSetting extends Schema.TaggedError<WrongSetting>()("WrongSetting", { message: Schema.String }) {}

const formatIssues = SchemaIssue.makeFormatterStandardSchemaV1()

/** `present` are the names that the environment sets. */
export const wrongSetting = Effect.fnUntraced(function*(error: Config.ConfigError, present: ReadonlyArray<string>) {
  const issue = error.cause._tag === "SchemaError" ? formatIssues(error.cause.issue).issues[0] : undefined
  if (issue === undefined) return yield* Effect.fail(error)
  const name = (issue.path ?? []).map((step) => String(typeof step === "object" ? step.key : step)).join("_")
  const said = issue.message.charAt(0).toLowerCase() + issue.message.slice(1)
  return yield* new WrongSetting({
    message: present.includes(name)
      ? `The setting ${name} is invalid: ${said}.`
      : `The setting ${name} is required and has no default here. See docs/settings.md.`
  })
})
