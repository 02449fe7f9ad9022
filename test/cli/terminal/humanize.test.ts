import { assert, describe, it } from "vitest"
import { ago, bytes, count, dollars, span, tokens } from "../../../src/cli/terminal/humanize.ts"

describe("numbers for people", () => {
  it("numbers for people group thousands", () => assert.strictEqual(count(1024), "1,024"))
  it("numbers for people shorten tokens", () =>
    assert.deepStrictEqual([0, 999, 1_000, 9_949, 41_234, 999_499, 999_500, 12_345_678].map(tokens), [
      "0 tok",
      "999 tok",
      "1k tok",
      "9.9k tok",
      "41.2k tok",
      "999k tok",
      "1M tok",
      "12.3M tok"
    ]))
  it("numbers for people keep two significant digits of a cent's fraction", () =>
    assert.deepStrictEqual([0, 0.0000001, 0.000812, 0.0008, 0.05, 1.5, 12].map(dollars), [
      "$0",
      "<$0.000001",
      "$0.00081",
      "$0.0008",
      "$0.05",
      "$1.50",
      "$12.00"
    ]))
  it("numbers for people give bytes in the unit that fits", () =>
    assert.deepStrictEqual([0, 999, 1_000, 1_234_567].map(bytes), ["0 B", "999 B", "1 kB", "1.23 MB"]))
})

describe("times for people", () => {
  const now = new Date("2026-05-01T12:00:00Z")
  const before = (seconds: number) => ago(new Date(now.getTime() - seconds * 1_000), now)
  it("times for people say how long ago in one unit", () =>
    assert.deepStrictEqual([0, 12, 180, 7_200, 200_000].map(before), [
      "now",
      "12 s ago",
      "3 m ago",
      "2 h ago",
      "2 d ago"
    ]))
  it("times for people show `now` for a time in the future", () => assert.strictEqual(before(-5), "now"))
  it("times for people shorten spans", () =>
    assert.deepStrictEqual([0, 9_400, 65_000, 7_800_000].map(span), ["0s", "9s", "1m 05s", "2h 10m"]))
})
