/** The settings of this process by name and shape, for comparison with another environment. No value leaves this file. */
import { ConfigProvider, Effect } from "effect"
import type { NearMiss, SettingShape } from "../domain/Installation.ts"
import { nearestName } from "../domain/nearestName.ts"
import { namesPresent } from "./environment.ts"
import { secretSettings, settingNames } from "./table.ts"

const secrets = new Set(secretSettings)

export const settingShapes = Effect.gen(function*() {
  const provider = yield* ConfigProvider.ConfigProvider
  return yield* Effect.forEach(
    settingNames,
    (name) => Effect.map(provider.load(name.split("_")), (node) => ({ name, shape: shapeOf(name, node?.value) }))
  )
})

/** Without those whose correct name is set as well: they are variables of other programs. */
export const nearMisses = Effect.map(namesPresent, (present) =>
  present.flatMap((name): ReadonlyArray<NearMiss> => {
    const meant = settingNames.includes(name) ? undefined : nearestName(name, settingNames)
    return meant === undefined || present.includes(meant) ? [] : [{ name, meant }]
  }))

const shapeOf = (name: string, value: string | undefined): SettingShape => {
  if (value === undefined || value === "") return "unset"
  if (secrets.has(name)) return "secret"
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return "number"
  if (/^(?:true|false|yes|no|on|off)$/i.test(value)) return "flag"
  const url = URL.parse(value)
  if (url === null || url.host === "") return "text"
  return isThisMachine(url.hostname)
    ? "address on this machine"
    : isPrivate(url.hostname)
    ? "address in a private network"
    : "public address"
}

const isThisMachine = (host: string): boolean => /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)

/** Names without a dot are those of a container network. */
const isPrivate = (host: string): boolean =>
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)[\d.]+$/.test(host) || /^\[f[cd]/.test(host)
  || /\.(?:internal|local|lan)$/.test(host) || (!host.includes(".") && !host.startsWith("["))
