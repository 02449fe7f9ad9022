import { it } from "@effect/vitest"
import { assert, describe } from "vitest"
import { sha256, uuidBytes, uuidV5 } from "../../src/domain/hash.ts"

const dns = uuidBytes("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
const url = uuidBytes("6ba7b811-9dad-11d1-80b4-00c04fd430c8")

describe("a UUID of version 5", () => {
  it("a UUID of version 5 matches RFC 9562, appendix A.4", () => {
    assert.strictEqual(uuidV5(dns, "www.example.com"), "2ed6657d-e927-568b-95e1-2665a8aea6a2")
  })

  it("a UUID of version 5 equals that of Python's uuid5, even for non-ASCII names", () => {
    assert.strictEqual(uuidV5(dns, "python.org"), "886313e1-3b8a-5372-9b90-0c9aee199e5d")
    assert.strictEqual(uuidV5(url, "Übergröße"), "284c4891-a886-5966-9e44-6532799b1e4a")
  })
})

describe("sha256", () => {
  it("is the published one of the empty text and of `abc`", () => {
    assert.strictEqual(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    assert.strictEqual(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  })

  it("is the same for text and for its UTF-8 bytes", () => {
    assert.strictEqual(sha256("naïve"), "f86fd89de87a848a45bfe77708d91a5d2ff48b8e4a4b98af5165af82692f8928")
    assert.strictEqual(sha256(new TextEncoder().encode("naïve")), sha256("naïve"))
  })
})
