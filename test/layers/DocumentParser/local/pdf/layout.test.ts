/** Kinds of content that a layout can lose or mix up. */
import { assert, describe, it } from "@effect/vitest"
import { line, rawPdf, table } from "../../../../support/builders/rawPdf.ts"
import { markdownOf } from "./readPdf.ts"

const birds = [
  "Avocet",
  "Bittern",
  "Curlew",
  "Dunlin",
  "Eider",
  "Fulmar",
  "Gannet",
  "Heron",
  "Ibis",
  "Jackdaw",
  "Kestrel"
]
const text = (y: number) => line("The policy is in force from the day on which it is signed.", 60, y)

describe("headings of a PDF", () => {
  it("a section's title is a heading, and the points of a list in the same large type are none", async () => {
    const points = ["Roles and duties", "Row permissions", "Column masks"]
    const large = (words: string, x: number, y: number) => line(words, x, y, "F1", 20)
    const markdown = await markdownOf(rawPdf([
      large("Protected data", 60, 760) + text(720) + text(706) +
      points.map((each, i) => large(each, 90, 640 - 60 * i)).join("") + text(420)
    ]))
    assert.match(markdown, /^#+ Protected data$/m)
    for (const each of points) assert.match(markdown, new RegExp(`^[^#]*${each}`, "m"))
  })
})

describe("lines at the edges of a PDF's pages", () => {
  it("rows of a table at the edges of a PDF's pages are kept, although only their numbers differ", async () => {
    const page = (from: number) =>
      table(Array.from({ length: 46 }, (_, i) => [`2024-01-${10 + i}`, `M-${from + i}`, `${(from + i) * 37}`]), 780)
    const markdown = await markdownOf(rawPdf([page(4000), page(4046), page(4092), page(4138)]))
    for (let i = 4000; i < 4184; i++) assert.include(markdown, `| M-${i} |`)
  })

  it("a policy number at the top of each of a PDF's pages is kept where it changes", async () => {
    const pages = ["P-4711", "P-4712", "P-4713"].map((number) => line(`Policy number ${number}`, 60, 780) + text(500))
    const markdown = await markdownOf(rawPdf(pages))
    for (const number of ["P-4711", "P-4712", "P-4713"]) assert.include(markdown, number)
  })

  it("a running head with a page number is said once", async () => {
    const pages = Array.from(
      { length: 4 },
      (_, i) => line(`General terms, page ${i + 1} of 4`, 60, 780) + text(500 - i)
    )
    assert.strictEqual((await markdownOf(rawPdf(pages))).split("General terms").length, 2)
  })

  it.each([[881, 40], [12, 40], [1, 780]])(
    "lines with words whose number counts up from %i, one on each page, are kept",
    async (first, y) => {
      const pages = Array.from({ length: 4 }, (_, i) => text(500 - i) + line(`Claim ${first + i}`, 60, y))
      const markdown = await markdownOf(rawPdf(pages))
      for (let i = 0; i < 4; i++) assert.match(markdown, new RegExp(`Claim ${first + i}$`, "m"))
    }
  )

  it("a number that stands apart from what asks for it is kept", async () => {
    const pages = Array.from(
      { length: 4 },
      (_, i) => line("Certificate no.", 60, 780) + line(`${21 + i}`, 400, 780) + text(500 - i)
    )
    assert.include(await markdownOf(rawPdf(pages)), "24")
  })

  it.each(["#", "- # -", "Page #", "# of 4", "Seite # von 4", "P\u00e1gina # de 4", "page # sur 4", "# / 4"])(
    "the page number %s is no text of the page",
    async (pattern) => {
      const pages = Array.from({ length: 4 }, (_, i) => text(500 - i) + line(pattern.replace("#", `${i + 1}`), 280, 30))
      const words = (await markdownOf(rawPdf(pages))).replaceAll(/<!--.*?-->/g, "")
      assert.notMatch(words, /\d/)
    }
  )
})

describe("columns of a PDF's page", () => {
  it("a table of 20 rows of short cells is read row by row", async () => {
    const rows = Array.from({ length: 20 }, (_, i) => [`${10 + i}.03.2024`, `Berth hire for boat ${i}`, `${i}.50`])
    const markdown = await markdownOf(rawPdf([table([["Date", "Text", "Amount"], ...rows], 760)]))
    for (const row of rows) assert.include(markdown, `| ${row.join(" | ")} |`)
  })

  it("a term stands with its own meaning, however long the meanings are", async () => {
    const rows = birds.flatMap((bird, i) =>
      [0, 1].map((n) => [`${bird}${n}`, `A bird of the shore that is seen near pier ${i}${n}`])
    )
    const markdown = await markdownOf(rawPdf([table(rows, 760, 16, 140)]))
    for (const [term, meaning] of rows) assert.include(markdown, `| ${term} | ${meaning} |`)
  })

  it("a table of two wide columns under a bold head is read row by row", async () => {
    const rows = birds.map((bird) => [`The keeper looks after the ${bird}`, `A fee for the ${bird} is due in May`])
    const head = line("Duty of the keeper of the port", 60, 776, "F2") +
      line("Duty of the master of a ship", 320, 776, "F2")
    const markdown = await markdownOf(rawPdf([head + table(rows, 760, 16, 260)]))
    for (const row of rows) assert.include(markdown, `| ${row.join(" | ")} |`)
  })

  it("prose beside a narrow box stays prose, and the box stays together", async () => {
    const prose = [
      "The entrance of the port is narrow, and it lies between",
      "two moles of stone that were built in the last century",
      "and that carry a light each. A ship that enters at night",
      "keeps the red light to port and the green light to star-",
      "board, and it gives way to any ship that is leaving. The",
      "basin behind the moles is deep enough for all ships that"
    ]
    const box = ["Depth 7 m", "Width 60 m", "Tugs: two", "Channel 12", "Pilot: yes"]
    const page = prose.map((each, i) => line(each, 60, 700 - 14 * i)).join("") +
      box.map((each, i) => line(each, 420, 700 - 14 * i)).join("")
    const markdown = await markdownOf(rawPdf([page]))
    assert.include(markdown, "lies between two moles of stone")
    assert.include(markdown, "starboard")
    assert.notInclude(markdown, "|")
  })

  it("text drawn upside down with a negative size, which shows it upright, is read in order", async () => {
    const upright = (words: string, y: number) => `BT /F1 -11 Tf -1 0 0 -1 60 ${y} Tm (${words}) Tj ET\n`
    const markdown = await markdownOf(rawPdf([upright("Hail is insured", 700) + upright("at once.", 680)]))
    assert.match(markdown, /Hail is insured\s+at once\./)
  })

  it("a table that stands sideways is read row by row", async () => {
    const rows = [["Mole", "Depth", "Crane"], ["South", "15 m", "Kestrel"], ["North", "9 m", "Merlin"]]
    const turned = rows.flatMap((row, i) =>
      row.map((cell, j) => `BT /F1 11 Tf 0 1 -1 0 ${100 + 16 * i} ${100 + 120 * j} Tm (${cell}) Tj ET\n`)
    )
    assert.include(await markdownOf(rawPdf([text(700) + turned.join("")])), "| South | 15 m | Kestrel |")
  })
})

describe("tables of a PDF", () => {
  const head = ["Ship", "Berth", "Fee"]
  const rows = birds.map((bird, i) => [bird, `B${i}`, `${i}.00`])

  it("a table that continues on the next page repeats its head", async () => {
    const pages = [table([head, ...rows.slice(0, 6)], 180), table(rows.slice(6), 700)]
    const markdown = await markdownOf(rawPdf(pages))
    assert.include(markdown, "<!-- page 2 -->\n\n| Ship | Berth | Fee |\n| --- | --- | --- |\n| Gannet | B6 | 6.00 |")
  })

  it("another table on the next page keeps its own head", async () => {
    const pages = [table([head, ...rows.slice(0, 6)], 180), table([["Crane", "Pier", "Load"], ...rows.slice(6)], 700)]
    const markdown = await markdownOf(rawPdf(pages))
    assert.include(markdown, "<!-- page 2 -->\n\n| Crane | Pier | Load |")
    assert.strictEqual(markdown.split("| Ship |").length, 2)
  })

  it("the last cell of a table has all of its lines", async () => {
    const page =
      table([["Risk", "Limit", "Cover"], ["Fire", "5,000", "Damage by fire"], ["Storm", "9,500", "Wind of force"]], 700)
      + line("eight and above, as", 300, 654) + line("measured at the mole", 300, 640)
    assert.include(
      await markdownOf(rawPdf([page])),
      "| Storm | 9,500 | Wind of force eight and above, as measured at the mole |"
    )
  })
})

describe("words of a PDF", () => {
  it("a word that is cut at a page's end is whole on the next page", async () => {
    const pages = [line("The list has the name of the insur-", 60, 100), line("ance company and the sum.", 60, 740)]
    const markdown = await markdownOf(rawPdf(pages))
    assert.include(markdown, "the name of the\n")
    assert.include(markdown, "insurance company and the sum.")
  })

  it.each([
    ["the years 1998-", "2004 and later", "1998-2004"],
    ["part number AB-", "77 of the crane", "AB-77"],
    ["the house of Smith-", "Jones at the quay", "Smith-Jones"],
    ["the firm is self-", "employed since May", "self-employed"],
    ["the cost of dam-", "age by water", "damage"]
  ])("the hyphen of “%s” and “%s” is read as %s", async (first, second, expected) => {
    assert.include(await markdownOf(rawPdf([line(first, 60, 700) + line(second, 60, 686)])), expected)
  })

  it("a raised number is separate from the number before it", async () => {
    const page = line("The limit is 5 x 10", 60, 700) + line("6", 146, 705, "F1", 7) + line("crowns", 153, 700)
    assert.include(await markdownOf(rawPdf([page])), "10^6 crowns")
  })

  it("words are apart that only a narrow gap divides, and the letters of a word are not", async () => {
    const set =
      `BT /F1 18 Tf 60 700 Td [(T)120(w)10(o) -160 (y)10(ears) -160 (after) -160 (a) -160 (hip, \\(so\\)) -160 (there)] TJ ET\n`
    assert.include(await markdownOf(rawPdf([set + text(500)])), "Two years after a hip, (so) there")
  })

  it("letters that are set one below another form a word, unless they are cells or count something", async () => {
    const down = (word: string, x: number) => [...word].map((each, i) => line(each, x, 640 - 13 * i)).join("")
    const markdown = async (...columns: ReadonlyArray<string>) =>
      await markdownOf(rawPdf([text(740) + columns.map((each, i) => down(each, 60 + 90 * i)).join("") + text(400)]))
    assert.include(await markdown("HARBOUR"), "\n\nHARBOUR\n\n")
    assert.notInclude(await markdown("ABCD"), "ABCD")
    assert.notInclude(await markdown("YNNY", "NYNY"), "YNNY")
  })

  it("letters that are set apart form words", async () => {
    const page = `BT /F1 11 Tf 4 Tc 60 700 Td (HARBOUR) Tj ET\n BT /F1 11 Tf 4 Tc 150 700 Td (DUES) Tj ET\n${text(660)}`
    assert.include(await markdownOf(rawPdf([page])), "HARBOUR DUES")
  })
})
