// hl7-standard on the sample messages of the outside data: each message transformed, every leaf visited.
// Prints a JSON object a line, as bench.py wants it. An argument is a regular expression on the names.
//
// The counterpart is src/formats/hl7v2/message_bench.cpp. Install its package with `npm ci --ignore-scripts` here.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const name = 'hl7v2 parse, every leaf visited/theirs:hl7-standard';
if (!new RegExp(process.argv[2] ?? '').test(name)) process.exit(0);

let HL7;
try {
  HL7 = (await import('hl7-standard')).default;
} catch {
  console.error('hl7v2_bench: its package is missing; run `npm ci --ignore-scripts` in tools/bench');
  process.exit(1);
}

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(process.env.MERIDIAN_SHARED_DATA ?? join(root, '../shared/data'), 'hl7v2/microsoft-fhir-converter/samples');
const texts = [];
try {
  for (const file of readdirSync(folder).filter((each) => each.endsWith('.hl7')).sort()) {
    const text = readFileSync(join(folder, file), 'utf8').replace(/\r\n|\n/g, '\r');
    texts.push(...text.split(/\r+(?=MSH\|)/).filter((each) => each.startsWith('MSH')));
  }
} catch {
  console.error('hl7v2_bench: the outside data is not on this machine');
  process.exit(1);
}

let leaves = 0;
const visit = (value) => {
  if (typeof value === 'string') leaves += value.length;
  else if (value !== null && typeof value === 'object') for (const key in value) visit(value[key]);
};
// Messages that it refuses are left out of its bytes, which is in its favour.
const readable = texts.filter((text) => {
  try {
    new HL7(text).transform();
    return true;
  } catch {
    return false;
  }
});
const bytes = readable.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
const pass = () => {
  for (const text of readable) {
    const message = new HL7(text);
    message.transform();
    visit(message.transformed);
  }
};
const run = (milliseconds) => {
  const start = performance.now();
  let count = 0;
  let passed = 0;
  do {
    pass();
    ++count;
    passed = performance.now() - start;
  } while (passed < milliseconds);
  return (count * bytes * 1000) / passed;
};
run(1000);
console.log(JSON.stringify({ name, bytes_per_second: run(2000) }));
