import { Resolver } from 'node:dns/promises';
import { createServer } from 'node:http';
import { isIP } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AddressRules } from '../../plugins/clients/address-rules.js';
import { guardedAgent, type ResolveHost } from '../../plugins/clients/guarded-agent.js';
import { exchange } from '../../plugins/clients/http.js';
import { startBind, type RigBind } from '../rig/bind.js';

describe('S7: a host that a real name server gives another address to', () => {
  let bind: RigBind;
  let port: number;
  let close: () => Promise<unknown>;
  const seen: (string | undefined)[] = [];

  beforeAll(async () => {
    bind = await startBind({ zone: 'rebinding.test', records: ['flags 0 IN A 1.1.1.1'] });
    const server = createServer((request, response) => {
      seen.push(request.headers.host);
      response.end('secret');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = server.address();
    port = at !== null && typeof at === 'object' ? at.port : 0;
    close = () => new Promise((resolve) => server.close(resolve));
  });
  afterAll(async () => {
    await close?.();
    await bind?.stop();
  });

  const byBind: ResolveHost = async (host) => {
    const resolver = new Resolver({ timeout: 1_000, tries: 2 });
    resolver.setServers([bind.address]);
    return (await resolver.resolve4(host)).map((address) => ({ address, family: isIP(address) }));
  };

  async function ask(allow: readonly string[]) {
    const agent = guardedAgent(new AddressRules(allow), byBind);
    const url = `http://flags.rebinding.test:${port}/`;
    const wanted = { name: 'flags', method: 'GET' as const, url, headers: {}, timeoutMs: 2_000 };
    try {
      return await exchange(agent, wanted, new AbortController().signal);
    } finally {
      await agent.destroy();
    }
  }

  it.each(['127.0.0.1', '169.254.169.254', '10.0.0.1', '0.0.0.0'])('as public, then as %s', async (address) => {
    await bind.put('flags.rebinding.test', 'A', ['1.1.1.1'], 0);
    expect(await byBind('flags.rebinding.test')).toEqual([{ address: '1.1.1.1', family: 4 }]);
    await bind.put('flags.rebinding.test', 'A', [address], 0);
    await expect(ask([])).rejects.toMatchObject({ code: 'address-not-allowed', again: false });
    expect(seen).toEqual([]);
  });

  it('as here, which is allowed, then as a metadata service', async () => {
    await bind.put('flags.rebinding.test', 'A', ['127.0.0.1'], 0);
    expect((await ask(['flags.rebinding.test'])).text).toBe('secret');
    await bind.put('flags.rebinding.test', 'A', ['169.254.169.254'], 0);
    await expect(ask(['flags.rebinding.test'])).rejects.toMatchObject({ code: 'address-not-allowed', again: false });
    expect(seen).toEqual([`flags.rebinding.test:${port}`]);
  });
});
