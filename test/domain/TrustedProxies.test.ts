import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { clientOf, parseNetworks, subscriberOf, type TrustedProxies } from "../../src/domain/TrustedProxies.ts"

const proxies = (list: string, header: TrustedProxies["header"] = "x-forwarded-for"): TrustedProxies => ({
  networks: Result.getOrThrow(parseNetworks(list)),
  header
})
const ours = proxies("10.0.0.0/8, 192.0.2.7, fd00::/8")
const forwarded = proxies("10.0.0.0/8, fd00::/8", "forwarded")

describe("the client of a request", () => {
  it.each([
    ["a peer that is not a proxy, whatever it claims", "198.51.100.9", "1.1.1.1, 10.0.0.1", "198.51.100.9"],
    ["the proxy if it names no client", "10.0.0.1", undefined, "10.0.0.1"],
    ["the client that the proxy names", "10.0.0.1", "203.0.113.5", "203.0.113.5"],
    [
      "the right-most untrusted address: anything further left may be forged",
      "10.0.0.1",
      "6.6.6.6, 203.0.113.5",
      "203.0.113.5"
    ],
    [
      "the address before a chain of our proxies",
      "10.0.0.1",
      "6.6.6.6,203.0.113.5 ,192.0.2.7, 10.9.9.9",
      "203.0.113.5"
    ],
    ["the left-most address if all are ours", "10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"],
    ["an address with a port", "10.0.0.1", "203.0.113.5:4711", "203.0.113.5"],
    ["an IPv6 address with a port", "fd00::1", "[2001:db8::1]:4711", "2001:db8::1"],
    ["an IPv6 address in brackets", "fd00::1", "[2001:db8::1]", "2001:db8::1"],
    ["an IPv4 address in an IPv6 one", "::ffff:10.0.0.1", "::ffff:203.0.113.5", "203.0.113.5"],
    ["the last known address if a proxy wrote none", "10.0.0.1", "203.0.113.5, unknown, 10.3.3.3", "10.3.3.3"],
    ["the proxy if it wrote garbage", "10.0.0.1", "203.0.113.5, x'; DROP TABLE", "10.0.0.1"]
  ])("is %s", (_, peer, said, client) => {
    assert.strictEqual(clientOf(ours, peer, { "x-forwarded-for": said }), client)
  })

  it.each([
    ["for=203.0.113.5;proto=https;by=10.0.0.1", "203.0.113.5"],
    ["For=\"[2001:db8::1]:4711\"", "2001:db8::1"],
    ["for=6.6.6.6, for=203.0.113.5;by=10.2.2.2, for=10.2.2.2", "203.0.113.5"],
    ["for=\"6.6.6.6, for=203.0.113.5", "203.0.113.5"],
    ["for=_hidden", "10.0.0.1"],
    ["proto=https", "10.0.0.1"]
  ])("is read from the header Forwarded if the proxies use it (%s)", (said, client) => {
    assert.strictEqual(clientOf(forwarded, "10.0.0.1", { forwarded: said, "x-forwarded-for": "6.6.6.6" }), client)
  })

  it("the client of a request is not read from the header that our proxies do not write", () => {
    assert.strictEqual(clientOf(ours, "10.0.0.1", { forwarded: "for=6.6.6.6" }), "10.0.0.1")
    assert.strictEqual(clientOf(proxies(""), "10.0.0.1", { "x-forwarded-for": "6.6.6.6" }), "10.0.0.1")
  })

  it.prop(
    "the client of a request is never a forged address",
    [Schema.String, Schema.String],
    ([text, more]) => {
      const said = `${text}, ${more}`
      assert.strictEqual(clientOf(ours, "198.51.100.9", { "x-forwarded-for": said, forwarded: said }), "198.51.100.9")
      assert.strictEqual(clientOf(ours, "10.0.0.1", { "x-forwarded-for": `${said}, 203.0.113.5` }), "203.0.113.5")
    }
  )
})

describe("a list of proxies", () => {
  it.each(["10.0.0.0/33", "10.0.0.1/8", "proxy.internal", "10.0.0.0/8;fd00::/8", "0.0.0.0/0", "::/0", "*", "10.0.0"])(
    "a list of proxies must not contain %s",
    (part) => {
      assert.deepStrictEqual(parseNetworks(`10.0.0.1, ${part}`), Result.fail(2))
    }
  )

  it("may be empty", () => {
    assert.deepStrictEqual(parseNetworks(" "), Result.succeed([]))
  })
})

describe("a subscriber", () => {
  it("a subscriber has one IPv4 address, and a whole /64 of IPv6", () => {
    assert.strictEqual(subscriberOf("203.0.113.5"), "203.0.113.5")
    assert.strictEqual(subscriberOf("::ffff:203.0.113.5"), "203.0.113.5")
    assert.strictEqual(subscriberOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64")
    assert.strictEqual(subscriberOf("2001:db8:1:2::1"), subscriberOf("2001:db8:1:2:ffff::"))
    assert.notStrictEqual(subscriberOf("2001:db8:1:3::1"), subscriberOf("2001:db8:1:2::1"))
    assert.strictEqual(subscriberOf(""), "")
  })
})
