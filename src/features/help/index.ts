/** What later features read of help. */
export { helpOf } from './queries.ts'
