/** `docs/settings.md`, from the comments of `.env.example`: a heading is `## …`; a setting is `#NAME=default` below its comment. */
import { generatedBy } from "./generatedBy.ts"

export interface ExampleSetting {
  readonly name: string
  /** Empty where nothing is set. */
  readonly value: string
  readonly comment: string
}

export interface ExampleSection {
  readonly title: string
  readonly settings: ReadonlyArray<ExampleSetting>
}

export const readExample = (example: string): ReadonlyArray<ExampleSection> =>
  example.split(/^## /mu).slice(1).map((section) => {
    const [title = "", ...lines] = section.split("\n")
    const settings: Array<ExampleSetting> = []
    let comment: Array<string> = []
    for (const line of lines) {
      const setting = /^#([A-Z_]+)=(.*)$/u.exec(line)
      if (setting === null) {
        if (line.startsWith("# ")) comment.push(line.slice(2))
        continue
      }
      settings.push({ name: setting[1] ?? "", value: setting[2] ?? "", comment: comment.join(" ") })
      comment = []
    }
    return { title, settings }
  })

export const settings = (example: string): string =>
  [
    "# Settings",
    generatedBy(".env.example"),
    "Settings come from the environment and are read and checked once at startup, by `src/settings/Settings.ts`. An invalid value, or a name "
    + "that looks like a misspelled setting, stops the process with an explanation. `.env.example` is the same list, ready to copy.",
    ...readExample(example).map(({ settings, title }) =>
      [
        `## ${title}`,
        [
          "| variable | default | meaning |",
          "|---|---|---|",
          ...settings.map(({ comment, name, value }) =>
            `| \`${name}\` | ${value === "" ? "–" : `\`${value}\``} | ${comment} |`
          )
        ].join("\n")
      ].join("\n\n")
    )
  ].join("\n\n") + "\n"
