/** Loaded before a program: changes its source as PATCH says, so that a release can be broken in a way that no setting is. */
import { registerHooks } from "node:module"
import { env } from "node:process"

interface Patch {
  /** The end of the file's path. */
  readonly file: string
  readonly from: string
  readonly to: string
}

const { file, from, to }: Patch = JSON.parse(env["PATCH"] ?? "{}")

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    if (!url.endsWith(file)) return loaded
    const text = String(loaded.source)
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`)
    return { ...loaded, source: text.replace(from, to) }
  }
})
