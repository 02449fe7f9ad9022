/** Images of releases: each is this checkout, or differs from it as its description says. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Release } from "../Stack.ts"

const tests = dirname(fileURLToPath(new URL("../play.ts", import.meta.url)))
/** Where they are in an image, whose /tmp is hidden by an empty one. */
const inImage = "/releases"
const programs: Readonly<Record<string, string>> = {
  "api-server": "src/bin/api.ts",
  "base-worker": "src/bin/worker.ts",
  monitoring: "src/bin/monitor.ts"
}
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

/** Starts a service's program as the release says, and any other as it is. */
const entry = ({ command, env = {}, only }: Release): string => {
  const settings = Object.entries(env).map(([name, value]) =>
    `${name}=${quoted(value.replaceAll(`${tests}/`, `${inImage}/`))}`
  ).join(" ")
  const broken = `exec env ${settings} node ${command === undefined ? "\"$@\"" : command.map(quoted).join(" ")}`
  const chosen = Object.entries(programs).filter(([name]) => only?.includes(name) ?? true).map(([, program]) => program)
  return `#!/bin/sh\ncase "$1" in ${chosen.join("|")}) ${broken} ;; esac\nexec node "$@"\n`
}

/** Writes what `docker build` needs; returns the folder. */
export const writeImage = (directory: string, base: string, tag: string, release: Release): string => {
  const folder = join(directory, "images", tag)
  mkdirSync(folder, { recursive: true })
  for (const name of ["patch.ts", "leak.ts"]) cpSync(join(tests, name), join(folder, name))
  writeFileSync(join(folder, "entry.sh"), entry(release), { mode: 0o755 })
  writeFileSync(
    join(folder, "Dockerfile"),
    [
      `FROM ${base}`,
      `ENV ACCESSA_VERSION=0.1.0+${tag}`,
      `COPY patch.ts leak.ts ${inImage}/`,
      "COPY entry.sh /entry.sh",
      "ENTRYPOINT [\"/entry.sh\"]",
      "CMD [\"src/bin/api.ts\"]",
      ""
    ].join("\n")
  )
  return folder
}
