import { assert, describe, it } from "@effect/vitest"
import { htmlToMarkdown } from "../../../../../layers/DocumentParser/local/html/htmlToMarkdown.ts"

describe("htmlToMarkdown", () => {
  it("keeps headings, emphasis, code and links", () => {
    assert.strictEqual(
      htmlToMarkdown(
        "<h2>A <b>title</b></h2><p>Some <b>bold</b>, <i>slanted</i> and <code>coded</code> words " +
          "<a href='https://example.org/a?b=1'>with a link</a>.</p><pre>let a\n  b</pre><hr><blockquote>Said</blockquote>"
      ),
      "## A title\n\nSome **bold**, *slanted* and `coded` words [with a link](https://example.org/a?b=1).\n\n" +
        "```\nlet a\n  b\n```\n\n---\n\n> Said"
    )
  })

  it("keeps lists in lists, bulleted and numbered", () => {
    assert.strictEqual(
      htmlToMarkdown("<ul><li>One<ol start=3><li>Deep<li>Deeper</ol><li>Two<ul><li>Leaf</ul></ul>"),
      "- One\n  3. Deep\n  4. Deeper\n- Two\n  - Leaf"
    )
  })

  it("repeats a cell that spans rows, and drops columns used for spacing", () => {
    assert.strictEqual(
      htmlToMarkdown(
        "<table><caption>Rates</caption><tr><th>Plan<td> <th>Year<th>Price<tr><td rowspan=2>Gold<td><td>1<td>a|b" +
          "<tr><td><td>2<td>c</table>"
      ),
      "Rates\n\n| Plan | Year | Price |\n| --- | --- | --- |\n| Gold | 1 | a\\|b |\n| Gold | 2 | c |"
    )
  })

  it("reads a layout table as ordinary blocks", () => {
    assert.strictEqual(
      htmlToMarkdown("<table><tr><td>Menu<td><h1>News</h1><table><tr><th>A<th>B<tr><td>1<td>2</table></table>"),
      "Menu\n\n# News\n\n| A | B |\n| --- | --- |\n| 1 | 2 |"
    )
  })

  it("omits invisible content, and fetches nothing", () => {
    assert.strictEqual(
      htmlToMarkdown(
        "<script>alert(1)</script><style>p{}</style><!-- note --><p hidden>no<p style='display: none'>no<p>Seen " +
          "<img src='file:///etc/passwd' alt='A duck'> <a href='javascript:alert(1)'>click</a> <a href='#top'>up</a>" +
          "<iframe src='http://169.254.169.254/'></iframe>"
      ),
      "Seen A duck click up"
    )
  })

  it("reads the page that a frame has in its srcdoc, and declared shadow roots, but no hidden ones", () => {
    const inner = "<p>Hail is insured.<iframe srcdoc='&lt;p>Also at sea.'></iframe>".replaceAll("\"", "&quot;")
    assert.strictEqual(
      htmlToMarkdown(
        `<p>Before<iframe srcdoc="${inner.replaceAll("&", "&amp;")}"></iframe><iframe hidden srcdoc="No"></iframe>` +
          "<x-card><template shadowrootmode=open><p>Excess of 300<template>no</template><slot></slot></template>per claim" +
          "</x-card><template>no</template>"
      ),
      "Before\n\nHail is insured.\n\nAlso at sea.\n\nExcess of 300\n\nper claim"
    )
  })

  it("escapes text that looks like our marks", () => {
    assert.strictEqual(htmlToMarkdown("<p>&lt;!-- page 7 --&gt;<p># 1 in sales"), "\\<!-- page 7 -->\n\n\\# 1 in sales")
  })

  it("uses the title if there is no heading", () => {
    assert.strictEqual(htmlToMarkdown("<title> The  page </title><p>Text"), "# The page\n\nText")
    assert.strictEqual(htmlToMarkdown("<title>The page</title><h1>Head</h1>"), "# Head")
  })
})

describe("what a page shows beside plain text", () => {
  const cases: ReadonlyArray<readonly [name: string, html: string, markdown: string]> = [
    ["a power", "<p>5 · 10<sup>6</sup> crowns<sup>1</sup>", "5 · 10^6 crowns^1"],
    [
      "a footnote on a number in a table",
      "<table><tr><th>Y<th>L<tr><td>2023<td>1,204<sup>3</sup></table>",
      "| Y | L |\n| --- | --- |\n| 2023 | 1,204^3 |"
    ],
    ["a footnote on a bold number", "<p><b>250</b><sup>2</sup>", "**250**^2"],
    ["a footnote in brackets", "<p>1,204<sup>[3]</sup>", "1,204[3]"],
    ["an ordinal", "<p>the 4<sup>th</sup> day", "the 4th day"],
    ["a lowered number", "<p>CO<sub>2</sub>, 10<sub>2</sub>, x<sub>max</sub>", "CO2, 10_2, x_max"],
    [
      "lettered clauses",
      "<ol type=a><li>tell<li>keep<li>answer<ol type=I><li>now</ol></ol>",
      "- a. tell\n- b. keep\n- c. answer\n  - I. now"
    ],
    ["a list styled with letters", "<ol style='list-style-type: upper-alpha' start=27><li>x</ol>", "- AA. x"],
    ["a numbered item", "<ol><li>First<li value=40>Fortieth<li>Next</ol>", "1. First\n40. Fortieth\n41. Next"],
    ["a list that counts down", "<ol reversed><li>Two left<li>One left</ol>", "2. Two left\n1. One left"],
    [
      "clauses in a cell",
      "<table><tr><td>A<td>B<tr><td><ol type=i><li>x<li>y</ol><td>z</table>",
      "| A | B |\n| --- | --- |\n| i. x ii. y | z |"
    ],
    [
      "what was typed",
      "<p>Ship <input value='Grey Cormorant'> <input type=hidden value=token> <input type=password value=p>",
      "Ship Grey Cormorant"
    ],
    [
      "what was chosen",
      "<p><select><option>A<option selected>B</select> <select><option>C</select> <select multiple><option>D</select>",
      "B C"
    ],
    [
      "what was ticked",
      "<p><input type=checkbox checked>Cargo <input type=checkbox>Persons <input type=radio checked>Owner",
      "[x] Cargo [ ] Persons [x] Owner"
    ],
    ["what was written", "<p>What happened <textarea>The line parted.</textarea>", "What happened The line parted."],
    [
      "a fraction, once",
      "<p>r is <math><semantics><mfrac><mn>7</mn><mn>12</mn></mfrac><annotation>\\frac{7}{12}</annotation></semantics></math>.",
      "r is 7/12."
    ],
    [
      "a formula with signs",
      "<p><math><mi>a</mi><mo>=</mo><msqrt><mi>b</mi><mo>+</mo><msup><mn>10</mn><mn>6</mn></msup></msqrt></math>",
      "a = √(b + 10^6)"
    ],
    [
      "a formula that is drawn twice",
      "<p>so <span class=katex><math><mn>5</mn></math><span class=katex-html aria-hidden=true>5</span></span>",
      "so 5"
    ],
    [
      "the labels of a drawing",
      "<title>Claims</title><p>By year: <svg><title>Chart</title><defs><text>no</text></defs><g><text x=1>2023</text><text>41 claims</text></g></svg>",
      "# Claims\n\nBy year: 2023 41 claims"
    ],
    ["a reading aid", "<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>", "東京(とうきょう)"],
    [
      "a table in a cell",
      "<table><tr><th>R<th>Rate<tr><td>North<td><table><tr><td>small<td>12</table><tr><td>South<td>51</table>",
      "| R | Rate |\n| --- | --- |\n| North | small, 12 |\n| South | 51 |"
    ]
  ]
  for (const [name, html, markdown] of cases) {
    it(`keeps ${name}`, () => assert.strictEqual(htmlToMarkdown(html), markdown))
  }

  it("keeps every column of a wide table", () => {
    const row = (cell: string) => `<tr>${Array.from({ length: 1500 }, (_, i) => `<td>${cell}${i}`).join("")}`
    assert.include(htmlToMarkdown(`<table>${row("h")}${row("v")}</table>`), "| v1499 |")
  })

  it("does not let cells that span rows make a page grow without end", () => {
    const cells = `<td rowspan=1000>${"x".repeat(1000)}</td>`.repeat(200)
    assert.isBelow(htmlToMarkdown(`<table><tr>${cells}${"<tr><td>y".repeat(1000)}</table>`).length, 5_000_000)
  })
})

describe("XHTML", () => {
  const page = (body: string) =>
    htmlToMarkdown(
      `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body>${body}</body></html>`
    )

  it("may close any element in its own tag", () => {
    for (
      const tag of ["script src='a.js'", "textarea", "title", "style", "iframe src='a'", "a id='x>y'", "h2", "div"]
    ) {
      assert.strictEqual(page(`<p>Low</p><${tag}/><p>High</p>`), "Low\n\nHigh", tag)
    }
  })

  it("keeps its void elements, scripts and marked text", () => {
    assert.strictEqual(
      page("<p>a<br/>b</p><script>if (a < b) document.write('<p/>')</script><p><![CDATA[c < d]]></p>"),
      "a\nb\n\nc < d"
    )
  })

  it("is not seen in a page without a declaration", () => {
    assert.strictEqual(htmlToMarkdown("<p>Low<div/>High"), "Low\n\nHigh")
  })
})
