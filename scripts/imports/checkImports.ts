/** Checks a file's imports against the table of rooms. */
import { posix } from "node:path"
import { effectModules, importedBy, type Room, rooms } from "./rooms.ts"

/** Imports and re-exports at the beginning of a line, imports on demand, and the files of threads. */
const forms = [
  /^(?:import|export)\s(?:[^"'`;=]*?\sfrom\s)?"([^"]+)"/gmu,
  /\bimport\("([^"]+)"\)/gu,
  /new URL\("([^"]+\.ts)", import\.meta\.url\)/gu
]

export const importsOf = (text: string): ReadonlyArray<string> =>
  forms.flatMap((form) => [...text.matchAll(form)].map(([, specifier = ""]) => specifier))

const isWithin = (path: string, room: string): boolean => path === room || path.startsWith(`${room}/`)

/** The longest room that a path lies in; each port is a room of its own. */
const roomOf = (path: string): string => {
  if (isWithin(path, "services")) return path.replace(/\.ts$/u, "")
  return Object.keys(rooms).filter((room) => isWithin(path, room)).reduce((a, b) => a.length > b.length ? a : b, "")
}

const ruleOf = (room: string): Room | undefined => isWithin(room, "services") ? rooms["services"] : rooms[room]

/** What an import names, in the words of the table. */
const targetOf = (file: string, specifier: string): string => {
  if (specifier.startsWith(".")) return posix.join(posix.dirname(file), specifier)
  if (specifier.startsWith("node:")) return "node"
  if (specifier === "effect" || specifier.startsWith("effect/")) {
    return effectModules.includes(specifier)
      ? specifier
      : "effect"
  }
  return specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/")
}

const isAllowed = (file: string, rule: Room, target: string): boolean => {
  if (roomOf(target) === roomOf(file)) return true
  const guarded = Object.keys(importedBy).find((room) => isWithin(target, room))
  if (guarded !== undefined) return importedBy[guarded]?.some((room) => isWithin(file, room)) ?? false
  const isFile = /\.\w+$/u.test(target)
  return rule.mayImport.some((allowed) =>
    allowed === "*" || allowed === target || (isFile && (isWithin(target, allowed) || target === `${allowed}.ts`))
  )
}

export interface BrokenArrow {
  readonly arrow: string
  readonly message: string
}

/** The imports of a file that the table does not allow. */
export const brokenArrows = (file: string, text: string): ReadonlyArray<BrokenArrow> => {
  const from = roomOf(file)
  const rule = ruleOf(from)
  if (rule === undefined) {
    return [{
      arrow: file,
      message: `${file} is in no room of scripts/imports/rooms.ts. Move it into one, or add one.`
    }]
  }
  return importsOf(text).flatMap((specifier) => {
    const target = targetOf(file, specifier)
    if (isAllowed(file, rule, target)) return []
    const open = rule.mayImport.includes("*")
      ? `Only ${importedBy[roomOf(target)]?.join(", ")} may import ${roomOf(target)}.`
      : `${from} may import ${rule.mayImport.join(", ")}. ${rule.instead}`
    return [{ arrow: `${file} → ${target}`, message: `${file} imports ${target}. ${open}` }]
  })
}
