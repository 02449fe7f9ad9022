import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import { forbiddenRange } from "../../../layers/Egress/publicAddress.ts"

/** Every IPv4 block that is not the public internet, as first address and number of fixed bits. */
const special: ReadonlyArray<readonly [string, number]> = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4]
]

const uint32 = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
const bytes = (value: number): ReadonlyArray<number> => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)
const groups = (value: number): string => {
  const [a = 0, b = 0, c = 0, d = 0] = bytes(value)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}
const unit = Schema.Finite.check(Schema.isBetween({ minimum: 0, maximum: 1 }))
const block = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: special.length - 1 }))

/** Any address of any special block. */
const specialAddress = Arbitrary.map(
  Arbitrary.all([Arbitrary.schema(block), Arbitrary.schema(unit)]),
  ([index, at]) => {
    const [first, bits] = special[index] ?? ["10.0.0.0", 8]
    return uint32(first) + Math.min(Math.floor(at * 2 ** (32 - bits)), 2 ** (32 - bits) - 1)
  }
)

/** The same address in every notation that a URL allows. */
const hosts = (value: number): ReadonlyArray<string> => {
  const parts = bytes(value)
  const [a = 0, b = 0, c = 0, d = 0] = parts
  return [
    parts.join("."),
    String(value),
    `0x${value.toString(16)}`,
    `0${value.toString(8)}`,
    parts.map((part) => `0x${part.toString(16)}`).join("."),
    parts.map((part) => `0${part.toString(8)}`).join("."),
    `${a}.${b * 65_536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    parts.map((part) => encodeURIComponent(String(part))).join("%2E"),
    `[::ffff:${parts.join(".")}]`,
    `[::ffff:${groups(value)}]`,
    `[::${groups(value)}]`,
    `[64:ff9b::${groups(value)}]`,
    `[64:ff9b:1::${groups(value)}]`,
    `[::ffff:0:${groups(value)}]`,
    `[2002:${groups(value)}::1]`,
    `[2001:0:${groups(value)}::1]`
  ]
}

describe("an address that is not on the public internet", () => {
  it.prop(
    "an address that is not on the public internet is refused in every notation",
    { value: specialAddress },
    ({ value }) => {
      for (const host of hosts(value)) {
        const { hostname } = new URL(`https://${host}/`)
        const address = hostname.replace(/^\[(.*)\]$/, "$1")
        assert.isDefined(forbiddenRange(address, false), `${host} is called at ${address}`)
      }
    },
    { arbitrary: { runs: 2_000 } }
  )

  it("an address that is not on the public internet is refused at both ends of every block", () => {
    for (const [first, bits] of special) {
      for (const value of [uint32(first), uint32(first) + 2 ** (32 - bits) - 1]) {
        assert.isDefined(forbiddenRange(bytes(value).join("."), false), bytes(value).join("."))
      }
    }
  })

  it("an address that is not on the public internet is refused in IPv6, and so are unassigned ranges", () => {
    const addresses = [
      "::",
      "::1",
      "fe80::1",
      "fe80::1%eth0",
      "fec0::1",
      "fc00::1",
      "fd00:ec2::254",
      "ff02::1",
      "100::1",
      "2001:db8::1",
      "2001:2::1",
      "2001:10::1",
      "3fff::1",
      "4000::1",
      "5f00::1",
      "e000::1"
    ]
    for (const address of addresses) assert.isDefined(forbiddenRange(address, false), address)
  })

  it("an address of a cloud's metadata service is refused even if private networks are allowed", () => {
    const metadata = ["169.254.169.254", "::ffff:169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192"]
    for (const address of metadata) assert.isDefined(forbiddenRange(address, true), address)
    assert.isDefined(forbiddenRange("fd00:ec2::254", false))
  })
})

describe("an address on the public internet", () => {
  it("may be called, even right next to a blocked range", () => {
    const addresses = ["1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255"]
    for (const address of [...addresses, "128.0.0.0", "172.15.255.255", "172.32.0.0", "223.255.255.255"]) {
      assert.isUndefined(forbiddenRange(address, false), address)
    }
    for (const address of ["2606:4700:4700::1111", "2a00:1450:4001::1"]) {
      assert.isUndefined(forbiddenRange(address, false), address)
    }
  })
})

it("allows addresses of this machine and private networks only if the setting says so", () => {
  for (const address of ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "fd12::1"]) {
    assert.isUndefined(forbiddenRange(address, true), address)
    assert.isDefined(forbiddenRange(address, false), address)
  }
})
