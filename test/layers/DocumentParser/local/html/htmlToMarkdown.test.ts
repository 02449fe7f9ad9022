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

  it("escapes text that looks like our marks", () => {
    assert.strictEqual(htmlToMarkdown("<p>&lt;!-- page 7 --&gt;<p># 1 in sales"), "\\<!-- page 7 -->\n\n\\# 1 in sales")
  })

  it("uses the title if there is no heading", () => {
    assert.strictEqual(htmlToMarkdown("<title> The  page </title><p>Text"), "# The page\n\nText")
    assert.strictEqual(htmlToMarkdown("<title>The page</title><h1>Head</h1>"), "# Head")
  })
})
