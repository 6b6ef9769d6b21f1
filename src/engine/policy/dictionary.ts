/**
 * The indicators of a policy by their codes: asked once for every finding. Codes come fresh from JSON, so that a Map would
 * first work out the hash of every one of them; here four characters tell nearly all codes of a policy apart.
 */
export interface Dictionary {
  /** Position of the indicator with this code; −1 where there is none. */
  indexOf(code: string): number
}

/** Longer than this, and the codes are alike in the wrong places. */
const STEPS_MAX = 16

export function dictionaryOf(codes: readonly string[]): Dictionary {
  const bits = 34 - Math.clz32(codes.length)
  const mask = 2 ** bits - 1
  const keys = new Array<string>(mask + 1).fill('')
  const places = new Int32Array(mask + 1).fill(-1)
  for (const [index, code] of codes.entries()) {
    let at = slotOf(code) & mask
    for (let steps = 1; places[at] !== -1; steps++) {
      if (steps > STEPS_MAX) return plain(codes)
      at = (at + 1) & mask
    }
    keys[at] = code
    places[at] = index
  }
  return {
    indexOf: (code) => {
      // At most a quarter of the table is filled, so that there is always an empty place to stop at.
      for (let at = slotOf(code) & mask; ; at = (at + 1) & mask) {
        const place = places[at] ?? -1
        if (place < 0 || keys[at] === code) return place
      }
    },
  }
}

/** The last three characters, where the numbers are, the first and the length; mixed with odd constants. */
function slotOf(code: string): number {
  const { length } = code
  const mixed =
    Math.imul(code.charCodeAt(length - 1), 0x9e3779b1) ^
    Math.imul(code.charCodeAt(length - 2), 0x85ebca6b) ^
    Math.imul(code.charCodeAt(length - 3), 0xc2b2ae35) ^
    Math.imul(code.charCodeAt(0) + length, 0x27d4eb2f)
  return mixed ^ (mixed >>> 15)
}

function plain(codes: readonly string[]): Dictionary {
  const places = new Map(codes.map((code, index) => [code, index]))
  return { indexOf: (code) => places.get(code) ?? -1 }
}
