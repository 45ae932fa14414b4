import { makeNetwork } from './make-network.js';

import { rigFolder, startProcess } from './processes.js';

/** Makes a network with a program in it, prints the namespace and stays: for the test that kills it from outside. */
const network = await makeNetwork(['a', 'b'], 'namespaces');
const [command, ...args] = [...network.place('a').through, 'sleep', '600'];
await startProcess({ name: 'sleeper', command, args, folder: rigFolder('network'), ready: () => true });
process.stdout.write(`${args[2] ?? ''}\n`);
setInterval(() => undefined, 60_000);
