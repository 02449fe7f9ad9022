import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, FileSystem, Option } from "effect"
import { shown } from "../../src/settings/Setting.ts"
import { Settings } from "../../src/settings/Settings.ts"
import { sections, settingNames } from "../../src/settings/table.ts"
import { runCliIn } from "../support/harness/runCli.ts"

/** The names that a program reads from the environment. */
const namesRead = <A, E>(
  env: Readonly<Record<string, string>>,
  program: (environment: ConfigProvider.ConfigProvider) => Effect.Effect<A, E>
): Effect.Effect<ReadonlyArray<string>> =>
  Effect.gen(function*() {
    const asked: Array<string> = []
    const environment = ConfigProvider.fromEnv({ env })
    yield* Effect.exit(program(ConfigProvider.make((path) => {
      if (path.length > 0) asked.push(path.join("_"))
      return environment.load(path)
    })))
    return asked
  })

const readSettings = (environment: ConfigProvider.ConfigProvider) =>
  Settings.pipe(
    Effect.provide(Settings.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, environment)
  )

const listedFor = (isReader: (reader: string) => boolean): ReadonlyArray<string> =>
  sections.flatMap(({ settings }) =>
    Object.entries(settings).flatMap(([name, { readBy }]) => readBy.some(isReader) ? [name] : [])
  )

const nowhere = {
  ACCESSA_URL: "http://127.0.0.1:1",
  LLAMAPARSE_API_URL: "http://127.0.0.1:1",
  OPENAI_API_URL: "http://127.0.0.1:1",
  ACCESSA_DATA_DIR: "no-such-directory"
}

const sorted = (names: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(names)].toSorted()

describe("the table of settings", () => {
  it.effect("the table of settings lists exactly the variables that the servers read", () =>
    Effect.gen(function*() {
      const withSupabase = { STORAGE: "supabase", SUPABASE_URL: "http://127.0.0.1:1", SUPABASE_SERVICE_ROLE_KEY: "x" }
      const withS3 = { STORAGE: "s3", S3_BUCKET: "documents", S3_ENDPOINT: "http://127.0.0.1:1" }
      const read = [
        ...yield* namesRead({}, readSettings),
        ...yield* namesRead(withSupabase, readSettings),
        ...yield* namesRead(withS3, readSettings)
      ]
      const beginnings = Object.keys({ ...withSupabase, ...withS3 }).flatMap((name) =>
        name.split("_").map((_, at, parts) => parts.slice(0, at).join("_"))
      )
      const listed = listedFor((reader) => reader !== "cli" && reader !== "scripts")
      assert.deepStrictEqual(sorted(read.filter((name) => !beginnings.includes(name))), sorted(listed))
    }))

  it.effect(
    "the table of settings lists exactly the variables that the command line reads, except those of "
      + "the terminal",
    () =>
      Effect.gen(function*() {
        const readBy = (...args: ReadonlyArray<string>) =>
          namesRead(nowhere, (environment) => runCliIn(environment, args))
        const deploying = yield* readBy(
          "deploy",
          "run",
          "--env",
          "local",
          "--platform",
          "render",
          "--release",
          "4be91c2"
        )
        const read = [
          ...yield* readBy("mock", "state"),
          ...yield* readBy("open"),
          // Its other ones are those of the servers, whose database it opens.
          ...deploying.filter((name) => name.startsWith("RENDER_"))
        ]
        const ofTheTerminal = ["NO_COLOR", "TERM", "DISPLAY", "WAYLAND_DISPLAY"]
        assert.includeMembers(read, ofTheTerminal)
        const listed = listedFor((reader) => reader === "cli")
        assert.deepStrictEqual(sorted(read.filter((name) => !ofTheTerminal.includes(name))), sorted(listed))
      })
  )

  it.effect("the table of settings lists exactly the variables that the scripts read, with the same defaults", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const scripts = (yield* fs.readDirectory("scripts")).filter((name) => name.endsWith(".sh"))
      const texts = yield* Effect.forEach(scripts, (name) => fs.readFileString(`scripts/${name}`))
      const read = texts.flatMap((text) => [...text.matchAll(/\$\{([A-Z_]+):-([^}]*)\}/gu)])
        .map(([, name = "", byDefault = ""]) => ({ name, byDefault }))
        .filter(({ name }) => settingNames.includes(name))
      assert.deepStrictEqual(
        sorted(read.map(({ name }) => name)),
        sorted(listedFor((reader) => reader === "scripts"))
      )
      for (const { byDefault, name } of read.filter(({ byDefault }) => /^[\w.]+$/u.test(byDefault))) {
        const setting = sections.map(({ settings }) => settings[name]).find((found) => found !== undefined)
        assert.strictEqual(byDefault, shown(Option.getOrThrow(setting?.local ?? Option.none())), name)
      }
    }).pipe(Effect.provide(NodeServices.layer)))

  it.effect("the README names every port that a second stack on one machine must not share", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const [, names = ""] = /To run a second stack\n(.*?)\n\n/su.exec(yield* fs.readFileString("README.md")) ?? []
      const ports = settingNames.filter((name) => name.endsWith("_PORT"))
      assert.includeMembers([...names.matchAll(/`([A-Z_]+)`/gu)].map(([, name]) => name), ports)
    }).pipe(Effect.provide(NodeServices.layer)))
})
