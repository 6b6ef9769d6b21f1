/** The indicators of a policy by their codes: asked once for every finding. */

export interface Dictionary {
  /** Position of the indicator with this code; −1 where there is none. */
  indexOf(code: string): number
}

export function dictionaryOf(codes: readonly string[]): Dictionary {
  const places = new Map(codes.map((code, index) => [code, index]))
  return { indexOf: (code) => places.get(code) ?? -1 }
}
