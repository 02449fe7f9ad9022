import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { metrics } from "../../otel/metrics/metrics.ts"
import { attributes } from "../../otel/names/attributes.ts"
import { logFields } from "../../otel/names/logFields.ts"
import { entryFor, spans } from "../../otel/names/spans.ts"

/** The code that runs with telemetry: the CLI, the checks that it makes, and the pages in the browser have none. */
const sources = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const folders = yield* Effect.forEach(["src", "layers", "otel"], (folder) =>
    Effect.map(
      fs.readDirectory(folder, { recursive: true }),
      (names) => names.map((name) => `${folder}/${name}`)
    ))
  const paths = folders.flat().filter((path) =>
    path.endsWith(".ts") && !/^src\/(?:cli|deploy|monitor\/web)\//u.test(path)
  )
  return yield* Effect.forEach(paths, (path) => Effect.map(fs.readFileString(path), (text) => ({ path, text })))
})

/** A name as it is written; what is computed in it stands for one word. */
const spanForms = [
  /(?:Effect\.fn|handler|useSpan)\(\s*(["`])(.+?)\1/gu,
  /withSpan\((?:\s*|[^"`]*?,\s*)(["`])(.+?)\1/gu
]
const spansIn = (text: string): ReadonlyArray<string> =>
  spanForms.flatMap((form) => [...text.matchAll(form)].map(([, , name = ""]) => name.replace(/\$\{[^}]*\}/gu, "x")))

/** Of what libraries make. */
const byLibraries = ["{method} {route}", "{method}", "{verb} {database}", "sql.transaction"]

layer(NodeServices.layer)("the names of telemetry", (it) => {
  it.effect("the table of spans has each span of the code, and no other", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const found = new Set<string>()
      const missing: Array<string> = []
      for (const { path, text } of yield* sources) {
        for (const name of spansIn(text)) {
          const entry = entryFor(name)
          const isPort = entry !== "{port}.{operation}" || (yield* fs.exists(`services/${name.split(".")[0]}.ts`))
          if (entry === undefined || !isPort) missing.push(`${path}: ${name}`)
          else found.add(entry)
        }
      }
      assert.deepStrictEqual(missing, [], "neither in otel/names/spans.ts nor of a port in services/")
      assert.deepStrictEqual(
        Object.keys(spans).filter((entry) => !byLibraries.includes(entry)).toSorted(),
        [...found].filter((entry) => !byLibraries.includes(entry)).toSorted()
      )
    }))

  it.effect("attributes and log fields are only set by way of their tables", () =>
    Effect.gen(function*() {
      for (const { path, text } of yield* sources) {
        if (!path.startsWith("otel/names/")) {
          assert.notMatch(text, /\bannotate(?:CurrentSpan|Logs)\(/u, `${path} uses otel/names instead`)
        }
        for (const [options] of text.matchAll(/(?:withSpan|useSpan|annotateSpans)\([^]*?\n {0,6}\S/gu)) {
          assert.notMatch(options, /attributes: \{ *["\w]|annotateSpans\([{"]\s*["\w]/u, `${path} uses spanAttributes`)
        }
      }
    }))

  it.effect("each metric of the table is recorded somewhere", () =>
    Effect.gen(function*() {
      const code = (yield* sources).filter(({ path }) => !/metrics\/(?:process|database)\.ts$/u.test(path))
        .map(({ text }) => text).join()
      for (const name of Object.keys(metrics)) assert.include(code, name)
    }))

  it.effect("each attribute and log field of the tables is set somewhere", () =>
    Effect.gen(function*() {
      const texts = (yield* sources).filter(({ path }) => path !== "otel/names/spans.ts").map(({ path, text }) =>
        path.startsWith("otel/names/") ? text.slice(text.indexOf("} as const")) : text
      )
      const byEffect = [
        "exception.type",
        "http.response.status_code",
        "http.route",
        "url.path",
        "client.address",
        "user_agent.original",
        "db.system.name",
        "db.namespace",
        "db.client.connection.wait_time_ms",
        "effect.fiber.interrupted"
      ]
      for (const name of [...Object.keys(attributes), ...Object.keys(logFields)]) {
        if (byEffect.includes(name)) continue
        const set = new RegExp(`"${name.replaceAll(".", "\\.")}"|\\b${name.replaceAll(".", "\\.")}\\b ?[:,}]`, "u")
        assert.isTrue(texts.some((text) => set.test(text)), `no code sets ${name}`)
      }
    }))
})
