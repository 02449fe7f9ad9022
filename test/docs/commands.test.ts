/** Each `accessa …` and `pnpm …` line that a page shows names a command and flags that exist. */
import { NodeServices } from "@effect/platform-node"
import { assert, layer } from "@effect/vitest"
import { Effect, FileSystem, Schema } from "effect"
import { Completions } from "effect/cli"
import { command } from "../../src/cli/accessa.ts"

const root = Completions.fromCommand(command)

const pages = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const markdown = (folder: string) =>
    Effect.map(
      fs.readDirectory(folder),
      (names) => names.filter((name) => name.endsWith(".md")).map((name) => `${folder}/${name}`)
    )
  const paths = ["README.md", ...(yield* markdown("docs")), ...(yield* markdown("docs/runbooks"))]
  return yield* Effect.forEach(paths, (path) => Effect.map(fs.readFileString(path), (text) => ({ path, text })))
})

/** What stands in code blocks and in backticks, up to a comment or a pipe. */
const codeOf = (text: string): ReadonlyArray<string> => {
  const blocks = [...text.matchAll(/^```(?:bash|sh|text)?\n(.*?)^```/gmsu)].flatMap(([, block = ""]) =>
    block.split("\n")
  )
  const spans = [...text.replaceAll(/^```.*?^```/gmsu, "").matchAll(/`([^`\n]+)`/gu)].map(([, span = ""]) => span)
  return [...blocks, ...spans].map((line) => line.replace(/\s[#|].*$/u, "").trim())
}

const wordsAfter = (start: RegExp) => (line: string): ReadonlyArray<string> => {
  const found = start.exec(line)
  return found === null ? [] : line.slice(found[0].length).split(/\s+/u)
}

/** What is wrong with a command line, if anything. */
const faultOf = (words: ReadonlyArray<string>): string | undefined => {
  let at = root
  const flags = new Set(["--help", "-h", "--version", "--json"])
  const know = () => {
    for (const { aliases, name } of at.flags) {
      for (const each of [name, ...aliases]) flags.add(each.length === 1 ? `-${each}` : `--${each}`)
    }
  }
  know()
  for (const word of words) {
    const next = at.subcommands.find(({ name }) => name === word)
    if (next !== undefined) {
      at = next
      know()
    } else if (word.startsWith("-")) {
      const flag = word.replace(/[=,;:)].*$/u, "")
      if (!flags.has(flag)) return `\`${at.name}\` has no flag ${flag}`
    } else if (at.subcommands.length > 0 && /^[a-z][a-z-]*$/u.test(word)) {
      return `\`${at.name}\` has no command ${word}`
    }
  }
  return undefined
}

const Package = Schema.fromJsonString(Schema.Struct({ scripts: Schema.Record(Schema.String, Schema.String) }))

layer(NodeServices.layer)("the commands in the documentation", (it) => {
  it.effect("are commands of the CLI, with its flags", () =>
    Effect.gen(function*() {
      const faults = (yield* pages).flatMap(({ path, text }) =>
        codeOf(text).flatMap((line) => {
          const fault = faultOf(wordsAfter(/^(?:pnpm (?:-s )?)?accessa\s+/u)(line))
          return fault === undefined ? [] : [`${path}: \`${line}\`: ${fault}`]
        })
      )
      assert.deepStrictEqual(faults, [])
    }))

  it.effect("are scripts of package.json, or pnpm's own", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const { scripts } = yield* Schema.decodeUnknownEffect(Package)(yield* fs.readFileString("package.json"))
      const known = [
        ...Object.keys(scripts),
        "exec",
        "install",
        "add",
        "accessa",
        "audit",
        "update",
        "outdated",
        "sbom",
        "licenses"
      ]
      const unknown = (yield* pages).flatMap(({ path, text }) =>
        codeOf(text).flatMap((line) => {
          const [script] = wordsAfter(/^pnpm\s+(?:-s\s+)?/u)(line)
          return script === undefined || !/^[a-z]/u.test(script) || known.includes(script) ? [] : [`${path}: ${line}`]
        })
      )
      assert.deepStrictEqual(unknown, [])
    }))
})
