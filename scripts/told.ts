/**
 * What of the output of tap a person wants to read: each file as it ends, what failed with what is known of it, what was skipped,
 * and whatever the tests themselves print. Tap's own reporters draw a page anew for each of forty thousand assertions, which takes
 * as much time as every seventh test.
 */
export function teller(): (line: string) => string | undefined {
  /** How far the description of a failure is indented, while it lasts. */
  let described: string | undefined
  let hasFailed = false
  return (line) => {
    if (described !== undefined) {
      if (line === `${described}...`) described = undefined
      return line
    }
    if (hasFailed && line.endsWith('---')) described = line.slice(0, -3)
    hasFailed = /^ *not ok /.test(line)
    if (hasFailed || described !== undefined) return line
    const ended = /^ok \d+ - (.*)$/.exec(line)
    if (ended) return `ok ${ended[1]}`
    if (/^ +ok .* # (?:SKIP|TODO)/.test(line)) return line
    return /^ *(?:ok |# Subtest: |\d+\.\.\d+|# time=|TAP version|$)/.test(line) ? undefined : line
  }
}
