/** How far long work has come: a bar on a terminal, a line now and then elsewhere. */

export interface Progress {
  show(done: number, total: number): void
  /** Leaves what was shown last, and begins a new line. */
  end(): void
}

/** What of a stream is used. */
export interface Shown {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const BAR_WIDTH = 30
/** Where nobody watches, a line for each tenth is enough. */
const TENTH = 10

export function progressOn(stream: Shown, what: string): Progress {
  return stream.isTTY ? bar(stream, what) : lines(stream, what)
}

function bar(stream: Shown, what: string): Progress {
  let isShown = false
  return {
    show(done, total) {
      const share = shareOf(done, total)
      const filled = Math.round(share * BAR_WIDTH)
      const drawn = '#'.repeat(filled) + '.'.repeat(BAR_WIDTH - filled)
      stream.write(`\r[${drawn}] ${percent(share)} ${done} of ${total} ${what}`)
      isShown = true
    },
    end() {
      if (isShown) stream.write('\n')
      isShown = false
    },
  }
}

function lines(stream: Shown, what: string): Progress {
  let last = -1
  return {
    show(done, total) {
      const tenth = Math.floor(shareOf(done, total) * TENTH)
      if (tenth === last) return
      last = tenth
      stream.write(`${percent(shareOf(done, total))} ${done} of ${total} ${what}\n`)
    },
    end() {},
  }
}

/** Nothing to do is all done. */
function shareOf(done: number, total: number): number {
  return total === 0 ? 1 : Math.min(1, done / total)
}

function percent(share: number): string {
  return `${String(Math.floor(share * 100)).padStart(3)} %`
}
