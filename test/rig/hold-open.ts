import { startCenter } from './center-process.js';
import { startRedis } from './redis.js';

/** Starts two parts of the rig, prints where they are and stays: for the test that kills it from outside. */
const redis = await startRedis();
const center = await startCenter('a');
process.stdout.write(`${redis.port} ${center.address} ${redis.process().folder}\n`);
setInterval(() => undefined, 60_000);
