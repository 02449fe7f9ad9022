/** Uploaded files: their metadata stays, their bytes are evicted when newer ones need the space. */

export interface StoredFile {
  readonly id: string
  readonly name: string
  readonly mediaType: string
  readonly externalId: string | null
  readonly purpose: string | null
  readonly sha256: string
  readonly createdAt: number
  bytes: Uint8Array | undefined
}

const mostFiles = 10_000
const mostBytes = 128 * 1024 * 1024

export class FileStore {
  readonly #files = new Map<string, StoredFile>()

  add(file: StoredFile): void {
    this.#files.set(file.id, file)
    const [oldest] = this.#files.keys()
    if (this.#files.size > mostFiles && oldest !== undefined) this.#files.delete(oldest)
    let room = mostBytes
    for (const kept of this.all()) {
      room -= kept.bytes?.length ?? 0
      if (room < 0 && kept !== file) kept.bytes = undefined
    }
  }

  find(id: string): StoredFile | undefined {
    return this.#files.get(id)
  }

  /** Newest first. */
  all(): ReadonlyArray<StoredFile> {
    return [...this.#files.values()].toReversed()
  }

  remove(id: string): boolean {
    return this.#files.delete(id)
  }

  clear(): void {
    this.#files.clear()
  }
}
