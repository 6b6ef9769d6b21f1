/** What later features read of restrictions. */
export { isKeptFromPanel } from './panel.ts'
export { hiddenAmong } from './queries.ts'
