/** What differs between the repository's file and the platform, by service and setting. Values are compared, never shown. */
import { Effect, Option, Redacted, Result } from "effect"
import { type DeployedService, DeployPlatform, type ServiceSettings } from "../../services/DeployPlatform.ts"
import { checked, listed } from "./checked.ts"
import type { CheckResult } from "./CheckResult.ts"
import { type Blueprint, type Service, settingsKept } from "./infrastructure/blueprint.ts"

const judged = (service: Service, found: DeployedService, settings: ServiceSettings): ReadonlyArray<CheckResult> => [
  liveOf(service, found),
  autodeployOf(service, found),
  ...service.type === "cron" ? [] : [instancesOf(service.name, service.numInstances, found)],
  ...settingsOf(service, settings)
]

const liveOf = ({ name }: Service, { live }: DeployedService): CheckResult => {
  const { fail, pass } = checked(name, "live", "a version is live")
  return Option.match(live, {
    onNone: () => fail("no version of it has ever been live", `Deploy it: docs/deploying.md.`),
    onSome: ({ version }) => pass(version)
  })
}

const autodeployOf = ({ autoDeployTrigger, name }: Service, { autodeploy }: DeployedService): CheckResult => {
  const inFile = autoDeployTrigger !== "off"
  const { fail, pass } = checked(name, "autodeploy", inFile ? "on" : "off")
  const found = autodeploy ? "on" : "off"
  return autodeploy === inFile ? pass(found) : fail(found, `Switch it ${inFile ? "on" : "off"} on the platform.`)
}

const instancesOf = (name: string, inFile: number, { replicas }: DeployedService): CheckResult => {
  const { fail, pass } = checked(name, "instances", String(inFile))
  return replicas === inFile
    ? pass(String(replicas))
    : fail(String(replicas), "Scale it, or change the file if the load requires it.")
}

/** One result for each setting that differs, and one for all that agree. */
const settingsOf = (service: Service, settings: ServiceSettings): ReadonlyArray<CheckResult> => {
  const inFile = settingsKept(service)
  const wrong = (setting: string, expected: string, found: string, repair: string) =>
    checked(service.name, setting, expected).fail(found, repair)
  const named = Object.entries(inFile).flatMap(([setting, value]) => {
    const kept = settings[setting]
    if (kept === undefined) {
      return [
        wrong(setting, "set", "it is not set on the platform", "Set it, then deploy: it takes effect at a deployment.")
      ]
    }
    if (value === undefined) {
      return Redacted.value(kept) === "" ? [wrong(setting, "a secret", "it is empty", "Set it, then deploy.")] : []
    }
    return Redacted.value(kept) === value ? [] : [
      wrong(setting, "the file's value", "another value", "Change the file or the platform, then deploy.")
    ]
  })
  const unknown = Object.keys(settings).filter((setting) => !(setting in inFile)).map((setting) =>
    wrong(setting, "not set", "it is set on the platform only", "Add it to the file, or remove it from the platform.")
  )
  const { pass } = checked(service.name, "settings", "as in the file")
  return named.length + unknown.length > 0
    ? [...named, ...unknown]
    : [pass(`${Object.keys(inFile).length} settings agree`)]
}

export const findDrift = Effect.fn("findDrift")(function*({ services }: Blueprint) {
  const platform = yield* DeployPlatform
  const seen = yield* Effect.forEach(services, (service) =>
    Effect.all({
      found: Effect.map(platform.services([service.name]), ([found]) => found),
      settings: platform.settings(service.name)
    }).pipe(Effect.result, Effect.map((result) => ({ result, service }))))
  // If nothing at all could be read, the platform or its key is at fault, and nothing is known of the services.
  const answers = seen.some(({ result }) => Result.isSuccess(result))
  return seen.flatMap(({ result, service }): ReadonlyArray<CheckResult> => {
    const { fail, inconclusive } = checked(service.name, "service", "on the platform")
    if (Result.isFailure(result)) {
      const { message, retryable } = result.failure
      return answers && !retryable
        ? [fail(message, "Apply the file on the platform.")]
        : [inconclusive(message, "Check the platform's key, and that it answers; then run this again.")]
    }
    const { found, settings } = result.success
    return found === undefined
      ? [fail("it is missing", "Apply the file on the platform.")]
      : judged(service, found, settings)
  })
})

/** What differs, in one line for each service. */
export const summaryOf = (results: ReadonlyArray<CheckResult>): string =>
  listed(
    [...new Set(results.filter(({ verdict }) => verdict !== "pass").map(({ group }) => group))].map((group) =>
      `${group}: ${
        results.filter((each) => each.group === group && each.verdict !== "pass").map(({ check }) => check).join(", ")
      }`
    )
  )
