/** render.yaml and staging's: they fit this release, and what is said of a wrong one. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { blueprintFaults, blueprintFiles, readBlueprint } from "../../../src/deploy/infrastructure/readBlueprint.ts"
import { readExpectations } from "../../../src/deploy/validate/readExpectations.ts"
import { version } from "../../../src/settings/version.ts"

const expected = readExpectations("config/production.yaml")

/** What is said of production's file with one text replaced. */
const said = Effect.fnUntraced(function*(from: string, to: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(blueprintFiles.production)
  assert.include(text, from)
  const file = yield* fs.makeTempFileScoped({ suffix: ".yaml" })
  yield* fs.writeFileString(file, text.replace(from, to))
  return yield* blueprintFaults(file, yield* expected).pipe(
    Effect.catchTag("InfrastructureUnreadable", ({ message }) => Effect.succeed([message])),
    Effect.map((faults) => faults.map((fault) => fault.replace(`${file}: `, "")))
  )
})

const wrong: ReadonlyArray<readonly [title: string, from: string, to: string, said: RegExp]> = [
  ["a field that Render does not know", "numInstances: 2", "numReplicas: 2", /services\.0\.numReplicas/],
  [
    "a service with autodeploy on",
    "autoDeployTrigger: \"off\"",
    "autoDeployTrigger: commit",
    /api-server: autoDeployTrigger is commit, and must be off/
  ],
  ["a plan that does not exist", "plan: starter", "plan: large", /services\.3\.plan/],
  [
    "a misspelled setting",
    "key: LOG_FORMAT",
    "key: LOG_FORMATS",
    /api-server: LOG_FORMATS .* did you mean LOG_FORMAT\?/
  ],
  ["a setting that is missing", "      - { key: STORAGE, value: supabase }\n", "", /api-server: STORAGE is missing/],
  [
    "a secret that is missing",
    "      - { key: METRICS_TOKEN, sync: false }\n",
    "",
    /api-server: METRICS_TOKEN is missing/
  ],
  ["a secret in the file", "key: OPENAI_API_KEY, sync: false", "key: OPENAI_API_KEY, value: hidden", /is a secret/],
  ["a value that looks like a key", "value: json", `value: sk-proj-${"a1B2".repeat(10)}`, /looks like an OpenAI key/],
  [
    "a setting of the laptop",
    "key: LOG_FORMAT, value: json",
    "key: METRICS_OPEN, value: \"true\"",
    /METRICS_OPEN must not/
  ],
  ["a value that stops the start", "value: supabase", "value: s4", /api-server: it would not start: .*STORAGE/],
  ["another environment's name", "value: production", "value: staging", /ACCESSA_ENV is staging/],
  ["too little time to drain", "maxShutdownDelaySeconds: 60", "maxShutdownDelaySeconds: 20", /given 20s to stop/],
  ["a health check elsewhere", "healthCheckPath: /health", "healthCheckPath: /", /does not check \/health/],
  ["a command that starts nothing of ours", "src/bin/worker.ts", "src/bin/wroker.ts", /base-worker: its command/],
  [
    "more connections than the database gives",
    "numInstances: 2",
    "numInstances: 20",
    /up to 482 database connections, of which 160 are allowed: api-server 440 \(40 at once\), base-worker 24/
  ],
  [
    "a secret that its source does not have",
    "envVarKey: WEBHOOK_SECRETS",
    "envVarKey: WEBHOOK_SECRET",
    /base-worker: WEBHOOK_SECRETS comes from api-server, which has no WEBHOOK_SECRET$/
  ]
]

layer(NodeServices.layer)("the files for Render", (it) => {
  for (const environment of ["staging", "production"] as const) {
    it.effect(`Render's file for ${environment} fits this release and config/${environment}.yaml`, () =>
      Effect.gen(function*() {
        const file = blueprintFiles[environment]
        assert.deepStrictEqual(yield* blueprintFaults(file, yield* readExpectations(`config/${environment}.yaml`)), [])
        const { services } = yield* readBlueprint(file)
        for (const { name, startCommand, type } of services) {
          if (type !== "cron") assert.include(startCommand, `ACCESSA_VERSION=${version}+$RENDER_GIT_COMMIT`, name)
        }
      }))
  }

  for (const [title, from, to, expectation] of wrong) {
    it.effect(`Render's file is refused with ${title}`, () =>
      Effect.gen(function*() {
        assert.match((yield* said(from, to)).join("\n"), expectation)
      }))
  }

  it.effect("Render's files for staging and production have the same services with the same settings", () =>
    Effect.gen(function*() {
      const [production, staging] = yield* Effect.forEach(
        ["production", "staging"] as const,
        (environment) =>
          Effect.map(
            readBlueprint(blueprintFiles[environment]),
            ({ services }) =>
              services.map(({ envVars, name, type }) => ({
                name,
                type,
                settings: envVars.map(({ key }) => key)
              }))
          )
      )
      assert.deepStrictEqual(staging, production)
    }))
})
