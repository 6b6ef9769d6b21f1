/** How long the faults are tried: briefly with every run of the tests, at length by `npm run faults`. */
export const WRITERS = 16

export function rounds({ short, long }: { short: number; long: number }): number {
  return process.env['FAULTS'] === 'long' ? long : short
}
