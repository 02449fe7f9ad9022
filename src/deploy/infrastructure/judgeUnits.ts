/** Whether what a platform's file describes fits this release and what is expected of the environment. */
import { ConfigProvider, Duration, Effect, Layer } from "effect"
import { nearestName } from "../../domain/nearestName.ts"
import { hardStopAfter } from "../../policy/worker.ts"
import { Settings } from "../../settings/Settings.ts"
import { secretSettings, sections, settingNames } from "../../settings/table.ts"
import type { Expectations } from "../validate/Expectations.ts"
import { secretValue } from "../validate/looksSecret.ts"
import { connectionShares, overCommitted } from "./connectionBudget.ts"
import type { Unit } from "./Unit.ts"

/** Settings of the platform itself, which ours does not read. */
const ofPlatform = ["NODE_VERSION", "NODE_COMPILE_CACHE", "MALLOC_ARENA_MAX"]

/** `besides`: connections of what is not ours. */
export const judgeUnits = Effect.fnUntraced(function*(
  units: ReadonlyArray<Unit>,
  expected: Expectations,
  besides = 0
) {
  const each = yield* Effect.forEach(
    units,
    (unit) =>
      Effect.map(
        startFault(unit),
        (start) =>
          [...settingFaults(unit, expected), ...shapeFaults(unit), ...start].map((fault) => `${unit.name}: ${fault}`)
      )
  )
  const { connections } = expected.database
  const over = connections === null ? undefined : overCommitted(connectionShares(units), connections - besides)
  return [...each.flat(), ...over === undefined ? [] : [over]]
})

const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name

const settingFaults = ({ part, settings }: Unit, expected: Expectations): ReadonlyArray<string> => {
  if (part === undefined) return ["its command starts none of our processes"]
  const names = Object.keys(settings)
  const unknown = names.filter((name) => !settingNames.includes(name) && !ofPlatform.includes(name)).map((name) => {
    const meant = nearestName(name, settingNames)
    return `${name} is not a setting${meant === undefined ? "" : `; did you mean ${meant}?`}`
  })
  const missing = [...expected.settings.secrets, ...expected.settings.required]
    .filter((name) => readersOf(name).some((reader) => reader === "all" || reader === part) && part !== "cli")
    .filter((name) => !names.includes(name)).map((name) => `${name} is missing`)
  const kept = names.filter((name) => expected.settings.unset.some((pattern) => matches(pattern, name)))
    .map((name) => `${name} must not be set in ${expected.environment}`)
  const shown = Object.entries(settings).flatMap(([name, value]) => {
    if (value === undefined) return secretSettings.includes(name) ? [] : [`${name} is not a secret but has no value`]
    if (secretSettings.includes(name)) return [`${name} is a secret: its value does not belong in the repository`]
    const what = secretValue(value)
    return what === undefined ? [] : [`${name} holds what looks like ${what}`]
  })
  const { ACCESSA_ENV: environment } = settings
  return [
    ...unknown,
    ...missing,
    ...kept,
    ...shown,
    ...environment === undefined || environment === expected.environment
      ? []
      : [`ACCESSA_ENV is ${environment}, but this is ${expected.environment}`]
  ]
}

const shapeFaults = ({ grace, health, part }: Unit): ReadonlyArray<string> => [
  ...(part === "api" || part === "monitor") && health !== "/health" ? ["the platform does not check /health"] : [],
  ...part !== "cli" && part !== "migrate" &&
      (grace === undefined || Duration.isLessThanOrEqualTo(grace, hardStopAfter))
    ? [
      `it is given ${grace === undefined ? "no time" : Duration.format(grace)} to stop, and needs more than ${
        Duration.format(hardStopAfter)
      }`
    ]
    : []
]

/** Reads the settings as the process would at its start, with made-up secrets. */
const startFault = ({ part, settings }: Unit) => {
  if (part === undefined || part === "cli") return Effect.succeed([])
  const env = Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, value ?? madeUp[name] ?? "x".repeat(40)])
  )
  return Effect.scoped(Layer.build(Settings.layer)).pipe(
    Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env }))),
    Effect.match({ onFailure: ({ message }) => [`it would not start: ${message}`], onSuccess: () => [] })
  )
}

const madeUp: Readonly<Record<string, string>> = {
  DATABASE_URL: "postgres://database.invalid:5432/accessa",
  ALERT_SLACK_URL: "https://host.invalid",
  ALERT_WEBHOOK_URL: "https://host.invalid",
  HEARTBEAT_URL: "https://host.invalid"
}

const readersOf = (name: string): ReadonlyArray<string> =>
  sections.flatMap(({ settings }) => settings[name]?.readBy ?? [])
