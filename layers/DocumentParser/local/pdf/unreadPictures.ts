/** Pictures of a page that are in no text. */
import type { TextLayer } from "./readPage.ts"

/** Of the page, all of its pictures together. */
const leastShare = 0.05
/** Of the page: a smaller picture is an ornament, and a larger one may be a signature or a stamp. */
const leastOne = 0.004
/** In points: pictures on several pages are at the same place. */
const samePlace = 4
/** What is on as many pages, or on all of two, is a logo. */
const pagesOfLogo = 3

type Picture = TextLayer["pictures"][number]

/** How many pictures of a page say something that no text says, as far as their sizes and places tell. */
export const unreadPictures = (layers: ReadonlyArray<TextLayer | undefined>): (layer: TextLayer) => number => {
  const places = new Map<string, number>()
  for (const layer of layers) {
    for (const place of new Set(layer?.pictures.map(placeOf))) places.set(place, (places.get(place) ?? 0) + 1)
  }
  const enough = Math.min(pagesOfLogo, Math.max(2, layers.length))
  return ({ height, pictureShare, pictures, width }) =>
    pictureShare >= leastShare
      ? pictures.length
      : pictures.filter((each) =>
        areaOf(each) >= leastOne * width * height && (places.get(placeOf(each)) ?? 0) < enough
      ).length
}

const placeOf = ({ x0, x1, y0, y1 }: Picture): string =>
  [x0, x1, y0, y1].map((each) => Math.round(each / samePlace)).join()

const areaOf = ({ x0, x1, y0, y1 }: Picture): number => Math.abs((x1 - x0) * (y1 - y0))
