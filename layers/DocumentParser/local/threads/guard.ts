/** The document's own text must not be mistaken for a heading or a page mark. */
export const guard = (text: string): string => text.replaceAll(/^(#{1,6} |<!--)/gm, "\\$1")
