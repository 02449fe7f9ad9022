/** How a database's schema differs from the shipped one, object by object. Both are texts of `describeSchema`. */

/** Each object or column, and its definition. */
export const objectsOf = (schema: string): ReadonlyMap<string, string> => {
  const objects = new Map<string, string>()
  for (const statement of schema.split(/\n(?=(?:CREATE|ALTER|GRANT|REVOKE) )/)) {
    const text = statement.trim()
    const table = columnsOf(text)
    if (table === undefined) {
      const name = nameOf(text)
      if (name !== undefined) objects.set(name, text)
      continue
    }
    const { lines, name, options } = table
    objects.set(`table ${name}`, options)
    for (const line of lines.split(",\n")) {
      const [, constraint, member = ""] = /^ {2}(CONSTRAINT )?("[^"]+"|\S+)/.exec(line) ?? []
      objects.set(`${constraint === undefined ? "column" : "constraint"} ${name}.${member}`, line.trim())
    }
  }
  return objects
}

const columnsOf = (statement: string) => {
  const begin = "CREATE TABLE "
  const open = statement.indexOf(" (\n")
  const close = statement.lastIndexOf("\n)")
  if (!statement.startsWith(begin) || open < 0 || close < open) return undefined
  return {
    name: statement.slice(begin.length, open),
    lines: statement.slice(open + 3, close),
    options: statement.slice(close + 2).replace(/;$/, "")
  }
}

/** Such as `GRANT SELECT ON documents TO accessa_user;`. */
const privilegesOf = (statement: string): string | undefined => {
  const on = statement.indexOf(" ON ")
  if (!/^(?:GRANT|REVOKE) /.test(statement) || on < 0) return undefined
  const [subject = ""] = statement.slice(on + 4).split(";", 1)
  return subject.replace(/^FUNCTION /, "")
}

const nameOf = (statement: string): string | undefined => {
  const patterns: ReadonlyArray<readonly [pattern: RegExp, kind: string]> = [
    [/^CREATE (?:UNIQUE )?INDEX (\S+)/, "index"],
    [/^CREATE POLICY (\S+ ON \S+)/, "policy"],
    [/^CREATE TRIGGER (\S+) .*? ON (?:public\.)?(\S+)/, "trigger"],
    [/^CREATE OR REPLACE FUNCTION public\.(\w+)/, "function"],
    [/^CREATE EXTENSION (\w+)/, "extension"],
    [/^ALTER TABLE (\S+)/, "row security of table"],
    [/^CREATE VIEW (\S+)/, "view"],
    // Whose rows it shows.
    [/^ALTER VIEW (\S+) OWNER/, "owner of view"]
  ]
  for (const [pattern, kind] of patterns) {
    const parts = pattern.exec(statement)?.slice(1)
    if (parts !== undefined) return `${kind} ${parts.join(" ON ")}`
  }
  const privileges = privilegesOf(statement)
  return privileges === undefined ? undefined : `privileges on ${privileges}`
}

/** The table of an object, for objects that have one. */
const tableOf = (name: string, definition: string): string | undefined =>
  (/^(?:column|constraint) (\w+)\./.exec(name) ?? /^(?:policy|trigger) \S+ ON (\w+)/.exec(name)
    ?? /^privileges on (\w+) /.exec(name) ?? /^row security of table (\w+)/.exec(name)
    ?? /^CREATE (?:UNIQUE )?INDEX \S+ ON public\.(\w+)/.exec(definition))?.[1]

/** What others keep in the same database is not looked at, and a project may have a `match_documents` of its own. */
export const schemaDrift = (shipped: string, actual: string): ReadonlyArray<string> => {
  const expected = objectsOf(shipped)
  const found = objectsOf(actual)
  const isOurs = (name: string, definition: string) => {
    const table = tableOf(name, definition)
    return table === undefined
      ? /^(?:function|view|owner of view|privileges on) accessa_/.test(name)
      : expected.has(`table ${table}`)
  }
  return [
    ...[...expected].filter(([name]) => !/^(?:function|privileges on) match_documents\b/.test(name)).flatMap(
      ([name, definition]) => {
        const there = found.get(name)
        return there === undefined ? [`${name} is missing`] : there === definition ? [] : [`${name} differs`]
      }
    ),
    ...[...found].filter(([name, definition]) => !expected.has(name) && isOurs(name, definition)).map(([name]) =>
      `${name} is not in the shipped schema`
    )
  ]
}
