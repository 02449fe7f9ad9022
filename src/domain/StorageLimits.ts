/** What a storage accepts by its own configuration. */

export interface StorageLimits {
  /** Null: any size. */
  readonly maxBytes: number | null
  /** Types such as `application/pdf` or `image/*`; empty: any. */
  readonly mediaTypes: ReadonlyArray<string>
}

export const unlimited: StorageLimits = { maxBytes: null, mediaTypes: [] }

export const takesType = ({ mediaTypes }: StorageLimits, mediaType: string): boolean => {
  const [type = ""] = mediaType.split(";")
  const [kind = ""] = type.split("/")
  return mediaTypes.length === 0 || mediaTypes.some((each) => [type.trim(), `${kind}/*`, "*/*"].includes(each))
}

const units = [[1_000_000_000, "GB"], [1_000_000, "MB"], [1_000, "kB"]] as const

/** Rounded down: `52.4 MB`, `10 bytes`. */
export const sizeInWords = (bytes: number): string => {
  const unit = units.find(([size]) => bytes >= size)
  if (unit === undefined) return bytes === 1 ? "1 byte" : `${bytes} bytes`
  const [size, name] = unit
  return `${Math.floor(bytes / (size / 10)) / 10} ${name}`
}
