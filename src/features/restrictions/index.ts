/** What later features read of restrictions. */
export { hiddenAmong } from './queries.ts'
