/** A word of a setting for a message that refuses it. A longer one could be a secret in the wrong line. */
export const quoted = (word: string): string => /^[\w@=*,.-]{1,15}$/u.test(word) ? `"${word}"` : "\"…\""
