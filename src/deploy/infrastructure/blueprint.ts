/** Render's Blueprint, as far as we use it: https://render.com/docs/blueprint-spec. Any other field is refused. */
import { Duration, Schema } from "effect"
import { partOf, type Unit } from "./Unit.ts"

const EnvVar = Schema.Union([
  Schema.Struct({ key: Schema.NonEmptyString, value: Schema.String }),
  /** Asked for once, in the dashboard. */
  Schema.Struct({ key: Schema.NonEmptyString, sync: Schema.Literal(false) }),
  Schema.Struct({
    key: Schema.NonEmptyString,
    fromService: Schema.Struct({
      type: Schema.Literals(["web", "worker"]),
      name: Schema.NonEmptyString,
      envVarKey: Schema.NonEmptyString
    })
  })
])

const common = {
  name: Schema.NonEmptyString,
  runtime: Schema.Literal("node"),
  region: Schema.Literals(["oregon", "ohio", "frankfurt", "singapore", "virginia"]),
  plan: Schema.Literals(["free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra"]),
  branch: Schema.optionalKey(Schema.NonEmptyString),
  buildCommand: Schema.NonEmptyString,
  startCommand: Schema.NonEmptyString,
  autoDeployTrigger: Schema.Literals(["off", "commit", "checksPass"]),
  envVars: Schema.Array(EnvVar)
}

const running = {
  ...common,
  numInstances: Schema.Int.check(Schema.isGreaterThan(0)),
  maxShutdownDelaySeconds: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 300 }))
}

const Service = Schema.Union([
  Schema.Struct({
    ...running,
    type: Schema.Literal("web"),
    healthCheckPath: Schema.NonEmptyString,
    domains: Schema.optionalKey(Schema.Array(Schema.NonEmptyString))
  }),
  // Render asks no worker for its health: its heartbeats in the database are watched by the monitor's rules.
  Schema.Struct({ ...running, type: Schema.Literal("worker") }),
  Schema.Struct({
    ...common,
    type: Schema.Literal("cron"),
    schedule: Schema.String.check(Schema.isPattern(/^(?:[\d*,/-]+ ){4}[\d*,/-]+$/))
  })
])
export type Service = typeof Service.Type

export const Blueprint = Schema.Struct({
  previews: Schema.Struct({ generation: Schema.Literal("off") }),
  services: Schema.NonEmptyArray(Service)
})
export type Blueprint = typeof Blueprint.Type

const assignment = /^([A-Z][A-Z0-9_]*)=(.*)$/

/** `exec env NAME=value node src/bin/api.ts`: those that the command sets for its process. */
const setByCommand = (command: string): Record<string, string> =>
  Object.fromEntries(
    command.split(" ").flatMap((word) => {
      const [, name, value] = assignment.exec(word) ?? []
      return name === undefined || value === undefined ? [] : [[name, value]]
    })
  )

/** Those that Render keeps; undefined stands for a secret. */
export const settingsKept = ({ envVars }: Service): Unit["settings"] =>
  Object.fromEntries(envVars.map((each) => [each.key, "value" in each ? each.value : undefined]))

const settingsOf = (service: Service): Unit["settings"] => ({
  ...settingsKept(service),
  ...setByCommand(service.startCommand)
})

/** A secret that another service has, but is not given there, would be empty. */
export const danglingReferences = ({ services }: Blueprint): ReadonlyArray<string> =>
  services.flatMap(({ envVars, name }) =>
    envVars.flatMap((each) =>
      "fromService" in each &&
        !services.some((other) =>
          other.name === each.fromService.name && other.type === each.fromService.type &&
          other.envVars.some(({ key }) => key === each.fromService.envVarKey)
        )
        ? [`${name}: ${each.key} comes from ${each.fromService.name}, which has no ${each.fromService.envVarKey}`]
        : []
    )
  )

/** What was deployed on purpose must not be replaced by a push, nor a rollback undone by one. */
export const deployingThemselves = ({ services }: Blueprint): ReadonlyArray<string> =>
  services.filter(({ autoDeployTrigger }) => autoDeployTrigger !== "off").map(({ autoDeployTrigger, name }) =>
    `${name}: autoDeployTrigger is ${autoDeployTrigger}, and must be off`
  )

/** While a version replaces another one, Render runs both. */
const sideBySide = 2

export const unitsOfBlueprint = ({ services }: Blueprint): ReadonlyArray<Unit> =>
  services.map((service) => ({
    name: service.name,
    part: partOf(service.startCommand.split(" ")),
    most: service.type === "cron" ? 1 : service.numInstances * sideBySide,
    settings: settingsOf(service),
    grace: service.type === "cron" ? undefined : Duration.seconds(service.maxShutdownDelaySeconds),
    health: service.type === "web" ? service.healthCheckPath : undefined
  }))
