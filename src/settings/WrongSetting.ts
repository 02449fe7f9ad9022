/** A setting that is missing or does not fit, told in a sentence that names it; what it was set to is not repeated. */
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
      ? `The setting ${name} does not fit: ${said}.`
      : `The setting ${name} is missing, and has no default here. docs/settings.md says what it is for.`
  })
})
