/** Counts numbered paragraphs as Word does, and gives the label that a reader sees: `Article 2`, `2.1`, `(b)`. */
import { attributeOf, childOf, childrenOf, isOn, type XmlElement } from "../office/xml.ts"
import { formatNumber } from "../text/formatNumber.ts"

export interface Label {
  /** Empty for a bullet. */
  readonly text: string
  readonly level: number
}

export interface Numbering {
  /** Counts a paragraph. None if its list is unknown, or has neither number nor bullet at this level. */
  readonly next: (list: string, level: number) => Label | undefined
  /** The level of a list that belongs to a paragraph style. */
  readonly levelOfStyle: (list: string, styleId: string) => number | undefined
}

interface Level {
  readonly start: number
  readonly format: string
  readonly text: string
  readonly style: string | undefined
  /** Restarts after a paragraph of this level or a higher one; 0 for never. */
  readonly restart: number | undefined
  readonly isLegal: boolean
}

interface List {
  /** Lists of the same definition count on. */
  readonly definition: string
  readonly levels: ReadonlyMap<number, Level>
  /** Levels that begin anew in this list, with their first number. */
  readonly restarts: ReadonlyMap<number, number>
}

export const readNumbering = (root: XmlElement | undefined): Numbering => {
  const lists = readLists(root)
  /** By definition: the current number of each level. */
  const counts = new Map<string, Map<number, number>>()
  const begun = new Set<string>()
  return {
    levelOfStyle: (list, styleId) =>
      [...lists.get(list)?.levels ?? []].find(([, level]) => level.style === styleId)?.[0],
    next: (id, depth) => {
      const list = lists.get(id)
      const level = list?.levels.get(depth)
      if (list === undefined || level === undefined) return undefined
      const count = counts.get(list.definition) ?? new Map<number, number>()
      counts.set(list.definition, count)
      for (const [at, start] of list.restarts) {
        if (begun.has(`${id}:${at}`) || at > depth) continue
        begun.add(`${id}:${at}`)
        count.set(at, start - 1)
      }
      count.set(depth, (count.get(depth) ?? level.start - 1) + 1)
      for (const deeper of [...count.keys()].filter((each) => each > depth)) {
        const restart = list.levels.get(deeper)?.restart
        if (restart === undefined || depth < restart) count.delete(deeper)
      }
      if (level.format === "bullet") return { text: "", level: depth }
      const text = labelOf(list, level, count)
      return text === "" ? undefined : { text, level: depth }
    }
  }
}

const labelOf = (list: List, level: Level, count: ReadonlyMap<number, number>): string =>
  level.text.replaceAll(/%([1-9])/g, (_, digit) => {
    const at = Number(digit) - 1
    const format = list.levels.get(at)?.format ?? "decimal"
    const number = count.get(at) ?? list.levels.get(at)?.start ?? 1
    return formatNumber(number, level.isLegal ? "decimal" : format)
  }).trim()

const readLists = (root: XmlElement | undefined): ReadonlyMap<string, List> => {
  const definitions = new Map(childrenOf(root, "abstractNum").map((each) => [attributeOf(each, "abstractNumId"), each]))
  const byStyle = new Map([...definitions.values()].map((each) => [valueOf(each, "styleLink"), each]))
  return new Map(
    childrenOf(root, "num").map((num) => {
      const own = definitions.get(valueOf(num, "abstractNumId"))
      const link = valueOf(own, "numStyleLink")
      const definition = link === undefined ? own : byStyle.get(link) ?? own
      const levels = new Map(childrenOf(definition, "lvl").map(readLevel))
      const restarts = new Map<number, number>()
      for (const override of childrenOf(num, "lvlOverride")) {
        const at = Number(attributeOf(override, "ilvl"))
        const level = childOf(override, "lvl")
        if (level !== undefined) levels.set(...readLevel(level))
        const start = valueOf(override, "startOverride") ?? valueOf(level, "start")
        if (start !== undefined) restarts.set(at, Number(start))
      }
      const id = attributeOf(definition, "abstractNumId") ?? ""
      return [attributeOf(num, "numId") ?? "", { definition: id, levels, restarts }]
    })
  )
}

const readLevel = (level: XmlElement): [number, Level] => [Number(attributeOf(level, "ilvl")), {
  start: Number(valueOf(level, "start") ?? "1"),
  format: valueOf(level, "numFmt") ?? valueOf(childOf(level, "AlternateContent", "Fallback"), "numFmt") ?? "decimal",
  text: valueOf(level, "lvlText") ?? "",
  style: valueOf(level, "pStyle"),
  restart: numberOf(valueOf(level, "lvlRestart")),
  isLegal: isOn(childOf(level, "isLgl"))
}]

const valueOf = (parent: XmlElement | undefined, name: string): string | undefined =>
  attributeOf(childOf(parent, name), "val")

const numberOf = (text: string | undefined): number | undefined => text === undefined ? undefined : Number(text)
