/** The parts of a result that `expand` asks for. */
import { Effect, Schema } from "effect"
import { type Page, plainText } from "./Page.ts"
import { jobBody, type ParseJob } from "./ParseJob.ts"
import { complaints, type Refusal, refusal } from "./Refusal.ts"

const contentKinds = [
  "text",
  "markdown",
  "items",
  "metadata",
  "forms",
  "raw_words",
  "xlsx",
  "output_pdf",
  "images"
] as const

const plainExpansions = [
  "text",
  "markdown",
  "items",
  "metadata",
  "forms",
  "job_metadata",
  "usage",
  "text_full",
  "markdown_full"
] as const

const Expansion = Schema.Literals([
  ...plainExpansions,
  ...contentKinds.map((kind) => `${kind}_content_metadata` as const)
])
type Expansion = typeof Expansion.Type

/** `expand=a&expand=b` as the SDK writes it, or `expand=a,b` as the docs do. */
export const readExpand = (given: string | ReadonlyArray<string> | undefined): ReadonlyArray<string> =>
  [given ?? []].flat().flatMap((value) => value.split(",")).filter((value) => value !== "")

const isExpansion = Schema.is(Expansion)

const textOf = ({ markdown = "" }: Page): string => plainText(markdown)

const joinPages = (parts: ReadonlyArray<string>): string => parts.join("\n\n---\n\n")

const unread = "The page could not be read."

const itemOf = (block: string) => {
  const [, hashes, heading] = /^(#{1,6})\s+(.*)/.exec(block) ?? []
  if (hashes !== undefined) return { type: "heading", level: hashes.length, value: heading ?? "", md: block }
  if (block.startsWith("|")) {
    const rows = block.split("\n").filter((line) => !/^\|[\s:|-]+\|$/.test(line)).map((line) =>
      line.split("|").slice(1, -1).map((cell) => cell.trim())
    )
    return { type: "table", rows, md: block, html: "", csv: rows.map((row) => row.join(",")).join("\n") }
  }
  return { type: "text", value: plainText(block), md: block }
}

/** A heading's line, or the text between blank lines and headings. */
const itemsOf = (markdown: string) => {
  const blocks: Array<string> = [""]
  for (const line of markdown.split("\n")) {
    if (line.trim() === "") blocks.push("")
    else blocks.push(`${blocks.pop()}${line}\n`, ...(line.startsWith("#") ? [""] : []))
  }
  return blocks.map((block) => block.trim()).filter((block) => block !== "").map(itemOf)
}

export const resultFile = (job: ParseJob, kind: string): string | undefined => {
  if (job.status !== "COMPLETED") return undefined
  if (kind === "markdown") return joinPages(job.pages.map(({ markdown = "" }) => markdown))
  return kind === "text" ? joinPages(job.pages.map(textOf)) : undefined
}

const fileMetadata = (job: ParseJob, kind: string, origin: string) => {
  const content = resultFile(job, kind)
  return content === undefined
    ? { size_bytes: 0, exists: false, presigned_url: null }
    : { size_bytes: Buffer.byteLength(content), exists: true, presigned_url: `${origin}/mock/jobs/${job.id}/${kind}` }
}

const expandOne = (job: ParseJob, expansion: Expansion): object => {
  const { pages } = job
  switch (expansion) {
    case "markdown":
      return {
        markdown: {
          pages: pages.map(({ markdown, number }) =>
            markdown === undefined
              ? { page_number: number, success: false, error: unread }
              : { page_number: number, success: true, markdown }
          )
        }
      }
    case "markdown_full":
      return { markdown_full: joinPages(pages.map(({ markdown = "" }) => markdown)) }
    case "text":
      return { text: { pages: pages.map((page) => ({ page_number: page.number, text: textOf(page) })) } }
    case "text_full":
      return { text_full: joinPages(pages.map(textOf)) }
    case "items":
      return {
        items: {
          pages: pages.map(({ markdown, number }) =>
            markdown === undefined
              ? { page_number: number, success: false, error: unread }
              : { page_number: number, page_width: 612, page_height: 792, success: true, items: itemsOf(markdown) }
          )
        }
      }
    case "metadata":
      return {
        metadata: { pages: pages.map(({ number }) => ({ page_number: number, confidence: 1 })), document: null }
      }
    case "forms":
      return { forms: { pages: pages.map(({ number }) => ({ page_number: number, forms: [] })) } }
    case "job_metadata":
      return { job_metadata: jobMetadata(job) }
    case "usage":
      return { usage: { credits: job.credits } }
    default:
      return {}
  }
}

export const jobMetadata = (job: ParseJob) => ({
  job_pages: job.pages.length,
  job_credits_usage: job.credits ?? 0,
  job_is_cache_hit: job.cacheHit
})

/**
 * An unfinished job returns no results, only its status: the vendor's SDK polls with `expand` set and would treat an error
 * as the end.
 */
export const parseResult = (
  job: ParseJob,
  expand: ReadonlyArray<string>,
  origin: string
): Effect.Effect<object, Refusal> => {
  const unknown = expand.find((value) => !isExpansion(value))
  if (unknown !== undefined) {
    return Effect.fail(
      complaints([{ type: "enum", loc: ["query", "expand"], msg: "Unknown expansion", input: unknown }])
    )
  }
  if (job.tier === "fast" && expand.some((value) => value.startsWith("markdown"))) {
    return Effect.fail(refusal(400, "Markdown expansion is not available for FAST tier jobs."))
  }
  const result = { job: jobBody(job) }
  if (job.status !== "COMPLETED") return Effect.succeed(result)
  const asked = expand.filter(isExpansion)
  const files = contentKinds.filter((kind) => asked.some((value) => value === `${kind}_content_metadata`))
  return Effect.succeed(Object.assign(
    result,
    ...asked.map((value) => expandOne(job, value)),
    files.length === 0
      ? {}
      : { result_content_metadata: Object.fromEntries(files.map((kind) => [kind, fileMetadata(job, kind, origin)])) }
  ))
}
