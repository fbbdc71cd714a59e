// Packages from npm for harnesses: that of the project in whose folder signkit was started, one on NODE_PATH, or one of
// signkit's own. As a script, `node npm.mjs NAME` tells the version, and fails where there is none.

import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a package exports, and its version. Where it is in none of the places, an answer to hello says so, and all ends. */
export function npmPackage(name) {
  const require = createRequire(import.meta.url);
  const paths = [process.cwd(), path.join(os.homedir(), '.cache', 'signkit', 'npm', name)]; // NODE_PATH is asked with each
  const find = (what) => require(require.resolve(what, { paths }));
  try {
    return { library: find(name), version: find(`${name}/package.json`).version };
  } catch (error) {
    const message = `${name} of npm is not to be found from ${paths.join(' or ')} (${error.code}); README.md tells how to get it`;
    console.log(JSON.stringify({ error: { kind: 'MissingPackage', message } }));
    return process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(npmPackage(process.argv[2]).version);
