/** What later features read of rehearsals. */
export { type Rehearsed, rehearsalGate } from './gate.ts'
