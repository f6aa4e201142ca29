// fhirpath.js on the expressions and resources of src/fhirpath/testdata/bench, each compiled once with the R4 model.
// Prints a JSON object a line, as bench.py wants it. An argument is a regular expression on the names.
//
// The counterpart is src/fhirpath/fhirpath_bench.cpp. Install its package with `npm ci --ignore-scripts` here.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let fhirpath;
let r4;
try {
  fhirpath = (await import('fhirpath')).default;
  r4 = (await import('fhirpath/fhir-context/r4/index.js')).default;
} catch {
  console.error('fhirpath_bench: its package is missing; run `npm ci --ignore-scripts` in tools/bench');
  process.exit(1);
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../src/fhirpath/testdata/bench');
const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const wanted = new RegExp(process.argv[2] ?? '');
const kWarmUp = 300;
const kMeasured = 700; // milliseconds

for (const { name, resource, expression, results } of read('expressions.json')) {
  const label = `fhirpath ${name}/theirs:fhirpath.js`;
  if (!wanted.test(label)) continue;
  const evaluate = fhirpath.compile(expression, r4);
  const input = read(resource);
  const environment = { resource: input };
  const found = evaluate(input, environment);
  if (found.length !== results) {
    console.error(`fhirpath_bench: ${name}: ${found.length} results instead of ${results}`);
    process.exit(1);
  }
  const run = (milliseconds) => {
    const start = performance.now();
    let count = 0;
    let passed = 0;
    do {
      for (let i = 0; i < 50; ++i) evaluate(input, environment);
      count += 50;
      passed = performance.now() - start;
    } while (passed < milliseconds);
    return (count / passed) * 1000;
  };
  run(kWarmUp);
  console.log(JSON.stringify({ name: label, items_per_second: run(kMeasured) }));
}
