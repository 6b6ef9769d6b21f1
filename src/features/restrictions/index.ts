/** What later features read of restrictions. */
export { isKeptFromPanel } from './panel.ts'
