import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { defaultFolder, memoryIs, startChangeFeed, startStack } from '@keystone/stack-tool';
import { busyTable, busyValidation } from './busy-validation.ts';
import { loadAverage } from './cpu.ts';
import { hashRate, hashTable } from './hash-rate.ts';
import { compare, type Measured } from './measure.ts';
import { table } from './report.ts';
import { scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '8' },
    cache: { type: 'boolean', default: false },
  },
});

const BASE = 17_000;
const plan = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  connections: Number(values.connections),
};
const stack = await startStack({ base: BASE, dir: defaultFolder(BASE), cache: values.cache });
const { all, fromMemory, close } = await scenarios(stack);
const results: Record<string, Measured[]> = {};
const load = [loadAverage()];
const say = (text: string) => process.stdout.write(`${text}\n`);

say(
  `${plan.rounds} interleaved rounds of ${plan.seconds} s, ${plan.connections} connections, Node ${process.version}, ` +
    `Python's cache ${values.cache ? 'memcached' : 'off'}, load before: ${load[0]}\n`,
);
for (const { title, contenders } of all) {
  results[title] = await compare(contenders, plan);
  say(table(title, results[title]));
}
const feed = await startChangeFeed(stack);
await memoryIs(stack, true);
const remembered = await fromMemory(feed);
results[remembered.title] = await compare(remembered.contenders, plan);
say(table(remembered.title, results[remembered.title] ?? []));
await feed.stop();
const hashing = await hashRate(stack, plan);
say(hashTable(hashing));
const busy = await busyValidation(stack, plan);
say(busyTable(busy));
load.push(loadAverage());
say(`Load after: ${load[1]}`);
close();
await stack.down();
if (values.json)
  writeFileSync(
    values.json,
    `${JSON.stringify({ plan, node: process.version, load, results, hashing, busy }, null, 2)}\n`,
  );
