/** What later features read of policies. */
export { compiledPolicy, type StoredPolicy } from './compiled.ts'
export {
  checkTexts,
  isError,
  type LoadedPolicy,
  namedDocuments,
  type PolicyTexts,
  readCalendar,
  textHash,
} from './files.ts'
export { PolicyFilesShown } from './model.ts'
export { storeVersion } from './publish.ts'
export { getVersion, type PolicyRow, sourceOf, versionInForce } from './queries.ts'
