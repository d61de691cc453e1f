import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** What a bare loop of hashing does, on every processor: checks the password it is given by its parent for so long. */
process.once('message', ({ hash, seconds }: { hash: string; seconds: number }) => {
  const bcrypt = new URL(import.meta.resolve('@node-rs/bcrypt')).pathname;
  const loop = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { verifySync } = require(workerData.bcrypt);
    const until = performance.now() + workerData.seconds * 1000;
    let count = 0;
    for (; performance.now() < until; count += 1) verifySync('not the password', workerData.hash);
    parentPort.postMessage(count);`;
  const began = performance.now();
  const before = process.cpuUsage();
  const counts = Array.from({ length: availableParallelism() }, () => {
    const worker = new Worker(loop, { eval: true, workerData: { bcrypt, hash, seconds } });
    return new Promise<number>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  });
  void Promise.all(counts).then((each) => {
    const { user, system } = process.cpuUsage(before);
    const requests = each.reduce((sum, count) => sum + count, 0);
    process.send?.({ requests, seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 });
  });
});
