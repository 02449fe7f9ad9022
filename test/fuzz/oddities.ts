/** Values that often break programs: texts, numbers and unexpected JSON. */
import type { Dice } from "./Dice.ts"

const texts: readonly [string, ...ReadonlyArray<string>] = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\r\nset-cookie: a=b",
  "\u001b[31mred\u001b[0m",
  "../../etc/passwd",
  "..\\..\\windows\\system32",
  "%00",
  "%",
  "%zz",
  "%F0%9F",
  "'; DROP TABLE documents; --",
  "\" OR \"\"=\"",
  "%_\\%",
  "${jndi:ldap://127.0.0.1/a}",
  "{{7*7}}",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "null",
  "undefined",
  "NaN",
  "true",
  "[object Object]",
  "\ud800",
  "\udfff\ud800",
  "\ufeff",
  "\u202eexe.fdp",
  "e\u0301\u0301\u0301",
  "👩‍👩‍👧‍👦",
  "保険証券",
  "ﷺ",
  "𝕳𝖊𝖑𝖑𝖔",
  "-",
  "--",
  "*",
  "a=b&c=d",
  "a;b",
  "a,b",
  "\t",
  "|",
  "`id`",
  "$(id)",
  "C:\\CON",
  "NUL.txt",
  "....",
  "\\u0000",
  "\\x00",
  "1e309",
  "0x1f",
  "١٢٣"
]

const numbers: readonly [number, ...ReadonlyArray<number>] = [
  0,
  -0,
  1,
  -1,
  2,
  49,
  50,
  51,
  60,
  61,
  100,
  101,
  200,
  201,
  0.5,
  1e-7,
  127,
  2 ** 15,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  2 ** 64,
  1e21,
  1e308,
  -1e308
]

export const oddText = (dice: Dice): string => {
  if (dice.percent(70)) return dice.pick(texts)
  const length = dice.percent(5) ? 1_000 + dice.below(20_000) : dice.below(40)
  const unit = dice.pick(["a", "é", "界", "😀", "\u0301", "0", "%", "/", "\"", "\\", "\n"])
  return dice.percent(50)
    ? unit.repeat(length)
    : Array.from({ length }, () => String.fromCharCode(dice.below(dice.percent(80) ? 256 : 65_536))).join("")
}

export const oddNumber = (dice: Dice): number =>
  dice.percent(80) ? dice.pick(numbers) : (dice.next() - 0.5) * 10 ** dice.below(25)

/** As JSON text, because some have no value: duplicate keys, numbers out of range, ten thousand levels, truncated text. */
export const oddJson = (dice: Dice): string => {
  switch (dice.below(14)) {
    case 0:
      return "null"
    case 1:
      return String(dice.percent(50))
    case 2:
      return JSON.stringify(oddText(dice))
    case 3:
      return String(oddNumber(dice))
    case 4:
      return "[]"
    case 5:
      return "{}"
    case 6:
      return `{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`
    case 7:
      return "[".repeat(1 + dice.below(10_000))
    case 8: {
      const depth = 1 + dice.below(10_000)
      return "[".repeat(depth) + "]".repeat(depth)
    }
    case 9:
      return `{"a":1,"a":2,"a":{"a":[${oddNumber(dice)},${JSON.stringify(oddText(dice))}]}}`
    case 10:
      return "1e999"
    case 11:
      return "9007199254740993"
    case 12:
      return `{"a":"\\ud800","b":"\\u0000","\\u0000":1}`
    default:
      return JSON.stringify({ [oddText(dice)]: oddText(dice), list: [oddNumber(dice), null, [], {}] })
  }
}
