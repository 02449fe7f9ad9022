/** Every page at two widths, in light and dark, as WebP. */
import { Effect } from "effect"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { chromium, type Page } from "playwright-core"
import { monitorUrl } from "./stack.ts"

const executable = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
  existsSync(path)
)

export interface Shot {
  readonly name: string
  readonly path: string
  /** The picture ends there, however long the page is. */
  readonly height?: number
  /** Before the picture is taken. */
  readonly act?: (page: Page) => Promise<void>
}

interface Options {
  readonly key: string
  readonly folder: string
  readonly format: "png" | "webp"
  readonly shots: ReadonlyArray<Shot>
}

const widths = [1280, 390]
const schemes = ["light", "dark"] as const

export const takeShots = ({ folder, format, key, shots }: Options) =>
  Effect.acquireUseRelease(
    Effect.promise(() => chromium.launch({ executablePath: executable ?? "", args: ["--no-sandbox"] })),
    (browser) =>
      Effect.promise(async () => {
        mkdirSync(folder, { recursive: true })
        const encoder = await browser.newPage()
        for (const width of widths) {
          for (const colorScheme of schemes) {
            const context = await browser.newContext({
              viewport: { width, height: width < 900 ? 844 : 800 },
              colorScheme
            })
            const page = await context.newPage()
            page.setDefaultTimeout(120_000)
            await page.goto(monitorUrl)
            await page.fill("input[name=credential]", key)
            await page.keyboard.press("Enter")
            await page.waitForSelector(".rail")
            for (const { act, height, name, path } of shots) {
              await openPage(page, new URL(path, monitorUrl).href)
              await page.waitForSelector("main[data-settled]")
              await act?.(page)
              const problems = await page.locator("main .problem").allTextContents()
              if (problems.length > 0) throw new Error(`${path} shows an error: ${problems.join(" ")}`)
              const whole = Number(await page.evaluate("document.documentElement.scrollHeight"))
              const tall = Math.min(whole, (height ?? 1_800) * (width < 900 ? 1.5 : 1))
              await page.setViewportSize({ width, height: Math.max(tall, width < 900 ? 844 : 800) })
              const png = await page.screenshot()
              await page.setViewportSize({ width, height: width < 900 ? 844 : 800 })
              const file = `${folder}/${name}-${width}-${colorScheme}`
              if (format === "png") writeFileSync(`${file}.png`, png)
              else writeFileSync(`${file}.webp`, Buffer.from(await toWebp(encoder, png), "base64"))
            }
            await context.close()
          }
        }
      }),
    (browser) => Effect.promise(() => browser.close())
  )

/** The browser breaks off what it loads when a network of this machine comes or goes, such as a container's. */
const openPage = async (page: Page, address: string, tries = 3): Promise<void> => {
  await page.goto(address)
  await page.waitForSelector("main h1", { timeout: 30_000 }).catch((error: unknown) => {
    if (tries === 1) throw error
    return openPage(page, address, tries - 1)
  })
}

/** The browser itself encodes: a tenth of the size of a PNG. */
const toWebp = (page: Page, png: Buffer): Promise<string> =>
  page.evaluate(`(async () => {
    const bitmap = await createImageBitmap(await (await fetch("data:image/png;base64,${
    png.toString("base64")
  }")).blob())
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    canvas.getContext("2d").drawImage(bitmap, 0, 0)
    const encoded = await canvas.convertToBlob({ type: "image/webp", quality: 0.65 })
    let text = ""
    for (const byte of new Uint8Array(await encoded.arrayBuffer())) text += String.fromCharCode(byte)
    return btoa(text)
  })()`)
