import { assert, describe, it } from "@effect/vitest"
import { readImageHead } from "../../../../../layers/DocumentParser/local/image/imageHead.ts"
import { parseImage } from "../../../../../layers/DocumentParser/local/image/parseImage.ts"
import { ParseFailure } from "../../../../../layers/DocumentParser/local/ParseFailure.ts"
import { makePng, makeTiff, scannedPicture } from "../../../../support/builders/makePicture.ts"

const parse = (bytes: Uint8Array) => parseImage(Buffer.from(bytes), ["eng"])
const failure = (bytes: Uint8Array) =>
  parse(bytes).then(() => "parsed", (cause) => cause instanceof ParseFailure ? cause.code : "crashed")

describe("the picture of a letter", () => {
  for (const [quarters, way] of ["upright", "on its right side", "upside down", "on its left side"].entries()) {
    it(`is read ${way}`, async () => {
      const { markdown, pages } = await parse(makePng(scannedPicture(quarters)))
      assert.include(markdown, "The policy covers damage by water,")
      assert.strictEqual(pages, 1)
    }, 180_000)
  }

  it("is turned as its camera says, and further pages are named as unread", async () => {
    // 6: the picture was taken with its top at the right.
    const { leftOut, markdown } = await parse(makeTiff(scannedPicture(3), 6, 1))
    assert.include(markdown, "and also by fire.")
    assert.deepStrictEqual(leftOut.map(({ kind, page }) => [kind, page]), [["page", 2]])
  }, 180_000)

  it("is refused before it is unpacked if it is too large or damaged", async () => {
    const png = makePng(scannedPicture(), { width: 60_000, height: 60_000 })
    assert.strictEqual(await failure(png), "EXPANSION_LIMIT")
    assert.strictEqual(await failure(makePng(scannedPicture()).subarray(0, 20)), "PARSE_CORRUPT")
    assert.strictEqual(await failure(makePng(scannedPicture()).subarray(0, 60)), "PARSE_CORRUPT")
  }, 180_000)

  it("has no text if there is none", async () => {
    const blank = { width: 300, height: 300, pixels: new Uint8Array(90_000).fill(255) }
    assert.strictEqual(await failure(makePng(blank)), "NO_TEXT")
  }, 180_000)
})

describe("the head of a JPEG", () => {
  it("gives its size and orientation", () => {
    const tiff = Buffer.from("4d4d002a00000008000101120003000000010006000000000000", "hex")
    const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 8 + tiff.length]), Buffer.from("Exif\0\0"), tiff])
    const frame = Buffer.from([0xff, 0xc2, 0, 17, 8, 0x01, 0x00, 0x02, 0x00, 3])
    const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8]), exif, frame])
    assert.deepStrictEqual(readImageHead(jpeg), { width: 512, height: 256, orientation: 6, pages: 1 })
  })
})
