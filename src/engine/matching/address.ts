/** Addresses as they are compared: written in many ways, they are told apart by postcode and number. */

const POSTCODE = /\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b/

export interface Place {
  /** Without its space, as `NM12AB`; null where there is none. */
  readonly postcode: string | null
  /** One home: postcode with every number of the address, or its words where it has no number. */
  readonly dwelling: string | null
}

/** Flats of one house differ in a number, so all numbers count; streets are written too variously to be compared. */
export function placeOf(address: string | undefined): Place {
  const text = (address ?? '').normalize('NFKC').toUpperCase()
  const found = POSTCODE.exec(text)
  const postcode = found ? `${found[1]}${found[2]}` : null
  const rest = found ? text.replace(found[0], ' ') : text
  const numbers = rest.match(/\d+[A-Z]?\b/g) ?? []
  const words = rest.match(/[\p{L}\p{N}]+/gu) ?? []
  if (postcode !== null) {
    const home = numbers.length > 0 ? numbers : words
    return { postcode, dwelling: home.length > 0 ? [postcode, ...home].join(' ') : null }
  }
  // A town or a county alone is no home.
  return { postcode, dwelling: numbers.length > 0 && words.length > 2 ? words.join(' ') : null }
}
