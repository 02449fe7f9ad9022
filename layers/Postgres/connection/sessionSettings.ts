/** The statement that gives a session its settings and role. */

/**
 * pgvector may be in any schema, on Supabase usually `extensions`: its operators are found through the search path. The role is
 * the last, as it may be allowed less.
 */
export const sessionSettings = (settings: Readonly<Record<string, string>>, role: string | undefined): string =>
  `SELECT ${
    [
      ...Object.entries(settings).map(([name, value]) => set(name, `'${value.replaceAll("'", "''")}'`)),
      set("search_path", searchPath),
      ...role === undefined ? [] : [set("role", `'${role}'`)]
    ].join(", ")
  }`

export const noSettings = "SELECT"

const set = (name: string, value: string) => `set_config('${name}', ${value}, false)`

/** `public`, then the schema of pgvector if that is another one. */
export const searchPath = `(SELECT concat_ws(', ', 'public', max(quote_ident(nspname))) FROM pg_extension
  JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector' AND nspname <> 'public')`
