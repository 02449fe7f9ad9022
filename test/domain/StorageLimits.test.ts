import { assert, it } from "@effect/vitest"
import { sizeInWords, takesType, unlimited } from "../../src/domain/StorageLimits.ts"

it.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1_000, "1 kB"],
  [1_999_999, "1.9 MB"],
  [52_428_800, "52.4 MB"],
  [500_000_000, "500 MB"],
  [1_000_000_000, "1 GB"]
])(
  "%d bytes in words are %s, never more than they are",
  (bytes, words) => assert.strictEqual(sizeInWords(bytes), words)
)

it.each(
  [
    ["text/markdown; charset=utf-8", ["text/markdown"], true],
    ["text/markdown", ["text/*"], true],
    ["text/markdown", ["*/*"], true],
    ["text/markdown", ["text/plain", "application/*"], false]
  ] as const
)(
  "whether a storage takes %s, if it takes %j: %j",
  (mediaType, mediaTypes, taken) => assert.strictEqual(takesType({ maxBytes: null, mediaTypes }, mediaType), taken)
)

it("a storage without a list takes any type", () => assert.isTrue(takesType(unlimited, "image/png")))
