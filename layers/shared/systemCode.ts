/** Codes like `ECONNRESET`, which clients nest a cause or two deep. */
export const systemCode = (error: unknown): string | undefined =>
  error instanceof Error
    ? ("code" in error && typeof error.code === "string" ? error.code : systemCode(error.cause))
    : undefined
