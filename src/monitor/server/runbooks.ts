/** The pages of docs/runbooks as data: titles, paragraphs, commands. */
import { Effect, FileSystem, Path } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { fileURLToPath } from "node:url"
import { problem } from "./proxy.ts"

const folder = fileURLToPath(new URL("../../../docs/runbooks/", import.meta.url))

interface Section {
  readonly title: string
  readonly paragraphs: Array<string>
  readonly commands: Array<string>
}

/** `## ` begins a section, a fence holds commands, everything else is paragraphs. */
export const readRunbook = (markdown: string) => {
  const sections: Array<Section> = []
  let title = ""
  let fenced = false
  let paragraph: Array<string> = []
  const end = () => {
    const text = paragraph.join(" ").trim()
    if (text !== "") sections.at(-1)?.paragraphs.push(text)
    paragraph = []
  }
  for (const line of markdown.split("\n")) {
    if (line.startsWith("```")) {
      end()
      fenced = !fenced
    } else if (fenced) sections.at(-1)?.commands.push(line)
    else if (line.startsWith("# ")) title = line.slice(2)
    else if (line.startsWith("## ")) {
      end()
      sections.push({ title: line.slice(3), paragraphs: [], commands: [] })
    } else if (line.trim() === "") end()
    else paragraph.push(line)
  }
  end()
  return { title, sections }
}

export const runbook = Effect.gen(function*() {
  const { params } = yield* HttpRouter.RouteContext
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const code = (params["name"] ?? "").replace(/\.json$/, "")
  if (!/^[A-Za-z_]{1,60}$/.test(code)) return problem(404, "NOT_FOUND", "There is no such runbook.")
  return yield* fs.readFileString(path.join(folder, `${code}.md`)).pipe(
    Effect.map((markdown) => HttpServerResponse.jsonUnsafe(readRunbook(markdown))),
    Effect.catchTag(
      "PlatformError",
      () => Effect.succeed(problem(404, "NOT_FOUND", `No runbook is written for ${code} yet.`))
    )
  )
})
