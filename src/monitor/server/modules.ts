/**
 * The browser's modules: our TypeScript with its types stripped and the libraries as published, all served from this
 * machine. Each is read once, at startup.
 */
import { transformSync } from "amaro"
import { Effect, FileSystem, Path, Schema } from "effect"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { sha256 } from "../../domain/hash.ts"

type Address = `/assets/${string}`

export interface Asset {
  readonly type: string
  readonly body: string | Uint8Array
  readonly tag: string
}

/** The libraries' browser builds, by the name under which modules import them. */
const libraries = {
  preact: "preact/dist/preact.mjs",
  "preact/hooks": "preact/hooks/dist/hooks.mjs",
  htm: "htm/dist/htm.mjs",
  "htm/preact": "htm/preact/index.mjs",
  "@preact/signals": "@preact/signals/dist/signals.mjs",
  "@preact/signals-core": "@preact/signals-core/dist/signals-core.mjs",
  uplot: "uplot/dist/uPlot.esm.js"
} as const

const typeface = "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"

class MissingModule extends Schema.TaggedError<MissingModule>()("MissingModule", { message: Schema.String }) {}

const javascript = "text/javascript; charset=utf-8"
const addressOf = (name: string): Address => `/assets/lib/${name.replaceAll("/", "-").replace("@", "")}.js`

/** Bare names and files of the domain become addresses; unknown ones stay, and fail a test. */
const pointed = (code: string): string =>
  code.replaceAll(
    /\b(from|import)\s*["']([^"'.][^"']*)["']/g,
    (whole, word: string, name: string) => name in libraries ? `${word} "${addressOf(name)}"` : whole
  ).replaceAll(/\bfrom "(?:\.\.\/)+domain\//g, "from \"/assets/domain/")

const web = fileURLToPath(new URL("../web/", import.meta.url))

/** Of the domain, what the pages use and the browser can run: it has no `effect`. */
const ofDomain = ["stateGraph", "headerText"]

/** Every asset by its address. */
export const readAssets = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const assets = new Map<Address, Asset>()
  const put = (address: Address, type: string, body: string | Uint8Array) =>
    assets.set(address, { type, body, tag: `"${sha256(body).slice(0, 32)}"` })
  const putModule = Effect.fnUntraced(function*(address: Address, file: string) {
    const { code } = transformSync(yield* fs.readFileString(file), { mode: "strip-only" })
    put(address, javascript, pointed(code))
  })

  for (const name of yield* fs.readDirectory(web, { recursive: true })) {
    const file = path.join(web, name)
    if (name.endsWith(".ts")) {
      yield* putModule(`/assets/${name.replaceAll("\\", "/")}`, file)
    } else if (name.endsWith(".css")) {
      put(`/assets/${name}`, "text/css; charset=utf-8", yield* fs.readFileString(file))
    }
  }
  for (const name of ofDomain) {
    yield* putModule(`/assets/domain/${name}.ts`, fileURLToPath(new URL(`../../domain/${name}.ts`, import.meta.url)))
  }
  for (const [name, file] of Object.entries(libraries)) {
    const found = yield* resolve(file)
    put(addressOf(name), javascript, pointed(yield* fs.readFileString(found)))
  }
  const charts = yield* resolve("uplot/dist/uPlot.min.css")
  put("/assets/inter.woff2", "font/woff2", yield* fs.readFile(yield* resolve(typeface)))
  put("/assets/uplot.css", "text/css; charset=utf-8", yield* fs.readFileString(charts))
  return assets
})

/** The script that is part of the page. */
export const readPageScript = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  return transformSync(yield* fs.readFileString(`${web}recover.ts`), { mode: "strip-only" }).code
})

/** Works even if the package does not export the file's path. */
const resolve = (file: string) => {
  const { resolve: find } = createRequire(import.meta.url)
  return Effect.try({
    try: () => {
      const [scope = "", name = ""] = file.split("/")
      const pack = scope.startsWith("@") ? `${scope}/${name}` : scope
      const from = pack === "@preact/signals-core" ? createRequire(find("@preact/signals")).resolve : find
      const entry = from(pack)
      return entry.slice(0, entry.lastIndexOf(`/node_modules/${pack}/`)) + `/node_modules/${file}`
    },
    catch: (cause) => new MissingModule({ message: `${file} is not installed (${String(cause)}). Run pnpm install.` })
  })
}
