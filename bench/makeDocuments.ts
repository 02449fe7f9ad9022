/** Markdown documents of a given size, whose texts differ from each other and are the same in each run. */
import { Effect, FileSystem } from "effect"
import { randomFrom } from "../src/deploy/statistics/randomFrom.ts"

const words =
  "harbour policy orchard deductible lantern groundwater surveyor tariff ledger cellar quince sluice mill claim "
    .repeat(3).trim().split(" ")

const section = (random: () => number, number: number): string =>
  `## Section ${number}\n\n${
    Array.from({ length: 6 }, () =>
      `${
        Array.from({ length: 14 }, () => words[Math.floor(random() * words.length)]).join(" ")
      } ${Math.floor(random() * 1e6)}.`)
      .join(" ")
  }\n\n`

export const makeDocuments = Effect.fnUntraced(function*(documents: number, bytes: number) {
  const fs = yield* FileSystem.FileSystem
  const folder = yield* fs.makeTempDirectoryScoped()
  for (let document = 0; document < documents; document++) {
    const random = randomFrom(document)
    const parts = [`# Document ${document}\n\n`]
    for (let length = 0; length < bytes; length += parts.at(-1)?.length ?? bytes) {
      parts.push(section(random, parts.length))
    }
    yield* fs.writeFileString(`${folder}/${document}.md`, parts.join(""))
  }
  return folder
})
