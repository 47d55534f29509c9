// Fails when the script that any first page needs, compressed, is over its limit.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const limits = { entry: 180_000, page: 300_000 };
const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** Every script that is loaded when `name` is, without what it loads lazily. */
function scriptsOf(name, found = new Set()) {
  const chunk = manifest[name];
  if (!found.has(chunk.file)) {
    found.add(chunk.file);
    for (const next of chunk.imports ?? []) scriptsOf(next, found);
  }
  return found;
}

const size = (files) =>
  [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length, 0);

const entry = scriptsOf('index.html');
const pages = Object.entries(manifest)
  .filter(([name, chunk]) => chunk.isDynamicEntry && /^src\/pages\//.test(name))
  .map(([name]) => [name, size(scriptsOf(name, new Set(entry)))]);
pages.push(['(entry)', size(entry)]);
pages.sort((a, b) => b[1] - a[1]);

for (const [name, bytes] of pages) console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${name}`);
const heavy = pages.filter(([name, bytes]) => bytes > (name === '(entry)' ? limits.entry : limits.page));
for (const [name, bytes] of heavy)
  console.error(`${name} needs ${bytes} bytes of compressed script: too much`);
process.exit(heavy.length > 0 ? 1 : 0);
