/** The names that the environment sets, and checks for misspelled settings and values wrapped in quotes or spaces. */
import { ConfigProvider, Effect, Schema } from "effect"
import { nearestName } from "../domain/nearestName.ts"
import { settingNames } from "./table.ts"
import { WrongSetting } from "./WrongSetting.ts"

/** A config provider lists names in parts only: this joins them again. */
const namesUnder = (path: ReadonlyArray<string>): Effect.Effect<ReadonlyArray<string>, ConfigProvider.SourceError> =>
  Effect.gen(function*() {
    const provider = yield* ConfigProvider.ConfigProvider
    const node = yield* provider.load(path)
    if (node === undefined) return []
    const own = node.value === undefined ? [] : [path.join("_")]
    if (node._tag !== "Record") return own
    const below = yield* Effect.forEach(node.keys, (key) => namesUnder([...path, key]))
    return [...own, ...below.flat()]
  })

/** Every name that the environment sets. */
export const namesPresent = namesUnder([])

/** A variable that looks like a misspelled setting, and the setting that was probably meant. */
class MisspelledSetting extends Schema.TaggedError<MisspelledSetting>()("MisspelledSetting", {
  name: Schema.String,
  meant: Schema.String
}) {
  override get message() {
    return `${this.name} is not a setting. Did you mean ${this.meant}?`
  }
}

export const refuseMisspelled = Effect.gen(function*() {
  const present = yield* namesPresent
  for (const name of present) {
    const meant = settingNames.includes(name) ? undefined : nearestName(name, settingNames)
    if (meant !== undefined && !present.includes(meant)) return yield* new MisspelledSetting({ name, meant })
  }
})

/** Quotes or spaces left by an env file or a shell become part of the value and would invalidate a key. */
export const refuseWrapped = Effect.gen(function*() {
  const provider = yield* ConfigProvider.ConfigProvider
  for (const name of (yield* namesPresent).filter((name) => settingNames.includes(name))) {
    const value = (yield* provider.load(name.split("_")))?.value
    if (value === undefined || (value === value.trim() && !/^(?:".*"|'.*')$/s.test(value))) continue
    const message =
      `${name} begins or ends with a quote, a space or a line break, which counts as part of it. Remove it.`
    return yield* new WrongSetting({ message })
  }
})
