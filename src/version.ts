/** Version of the product: that of package.json, its one home. */
import manifest from '../package.json' with { type: 'json' }

export const VERSION: string = manifest.version
