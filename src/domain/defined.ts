/** The properties that have a value: for optional keys, which may be absent but not undefined. */
export function defined<A extends Record<string, unknown>>(
  properties: A
): { readonly [Key in keyof A]?: Exclude<A[Key], undefined> }
export function defined(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined))
}
