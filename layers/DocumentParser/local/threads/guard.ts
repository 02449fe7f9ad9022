/** The document's own words must not pass for a heading or for one of our page marks. */
export const guard = (text: string): string => text.replaceAll(/^(#{1,6} |<!--)/gm, "\\$1")
