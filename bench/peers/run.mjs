/**
 * `node run.mjs PEER FOLDER PASSES`: takes the Markdown files of a folder, each pass into the same tables, and prints a line about
 * the last one. DATABASE_URL and OPENAI_API_URL say where to.
 */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { argv, cpuUsage, env, exit, resourceUsage, stdout } from "node:process"

const [, , peer, folder, passes] = argv
const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".md")).sort()
const read = (name) => ({ name, text: readFileSync(join(folder, name), "utf8") })

/** In groups, so many at once; returns the sum of what each gives. */
const inGroups = async (list, { atOnce, size }, take) => {
  let next = 0
  let sum = 0
  const lane = async () => {
    while (next < list.length) {
      const group = list.slice(next, next += size)
      const taken = await take(group)
      sum += taken
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return sum
}

const { prepare } = await import(`./${peer}.mjs`)
const ingest = await prepare({ databaseUrl: env.DATABASE_URL, embeddingsUrl: env.OPENAI_API_URL, read, inGroups })

for (let pass = 1; pass <= Number(passes); pass++) {
  const cpu = cpuUsage()
  const start = performance.now()
  const chunks = await ingest(files)
  const seconds = (performance.now() - start) / 1_000
  const spent = cpuUsage(cpu)
  if (pass < Number(passes)) continue
  const line = {
    documents: files.length,
    chunks,
    docs_per_s: files.length / seconds,
    wall_s: seconds,
    cpu_s: (spent.user + spent.system) / 1e6,
    rss_mb: Math.round(resourceUsage().maxRSS / 1_024)
  }
  stdout.write(`${JSON.stringify(line)}\n`, () => exit(0))
}
