/** The responses that a child is recommended, gathered one by one and each named once. */
import type { Policy } from '../policy/policy.ts'

export class Answers {
  /** The first `size` are positions in the policy's `answers`, in order. */
  private readonly positions: Int32Array
  private size = 0

  constructor({ answers }: Policy) {
    this.positions = new Int32Array(answers.length)
  }

  clear(): void {
    this.size = 0
  }

  /** Takes in a response; −1 is one that the policy does not have. */
  readonly add = (answer: number): void => {
    if (answer < 0) return
    const { positions } = this
    for (let at = 0; at < this.size; at++) if (positions[at] === answer) return
    let at = this.size++
    for (; at > 0 && (positions[at - 1] ?? 0) > answer; at--) positions[at] = positions[at - 1] ?? 0
    positions[at] = answer
  }

  codes({ answers }: Policy): string[] {
    const codes: string[] = []
    for (let at = 0; at < this.size; at++) codes.push(answers[this.positions[at] ?? 0]?.code ?? '')
    return codes
  }
}
