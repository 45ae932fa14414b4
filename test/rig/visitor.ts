import { request } from 'undici';

/** What a visitor got. */
export interface Visited {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Every `Set-Cookie` of this answer. */
  readonly cookies: readonly string[];
  /** Where it leads, if it leads on. */
  readonly location: string | undefined;
}

/** Somebody with a browser that keeps cookies, and does nothing by itself: each redirect is followed by the test. */
export class Visitor {
  private readonly jars = new Map<string, Map<string, string>>();
  /** Every `Set-Cookie` that came, whole. */
  readonly cookiesGiven: string[] = [];

  /** @param headers that go with everything */
  constructor(private readonly headers: Readonly<Record<string, string>> = { accept: 'text/html' }) {}

  /** Opens a page. */
  get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Visited> {
    return this.ask(url, { method: 'GET', headers });
  }

  /** Sends a form, as a page of the same origin does. */
  post(
    url: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Visited> {
    const type = { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin };
    return this.ask(url, {
      method: 'POST',
      body: new URLSearchParams(form).toString(),
      headers: { ...type, ...headers },
    });
  }

  /** Opens a page and goes wherever it leads, until it leads nowhere. */
  async follow(url: string): Promise<Visited> {
    let visited = await this.get(url);
    for (let hops = 0; visited.location !== undefined && hops < 12; hops++) visited = await this.get(visited.location);
    return visited;
  }

  /** Gives a cookie of a place. */
  cookie(url: string, name: string): string | undefined {
    return this.jarOf(url).get(name);
  }

  /** Puts a cookie there. */
  setCookie(url: string, name: string, value: string): void {
    this.jarOf(url).set(name, value);
  }

  private async ask(
    url: string,
    init: { method: 'GET' | 'POST'; body?: string; headers: Readonly<Record<string, string>> },
  ): Promise<Visited> {
    const jar = this.jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      'sec-fetch-mode': 'navigate',
      ...this.headers,
      ...init.headers,
      ...(cookie === '' ? {} : { cookie }),
    };
    const answer = await request(url, { ...init, headers });
    const cookies = [answer.headers['set-cookie'] ?? []].flat();
    for (const given of cookies) this.keep(jar, given);
    const { location } = answer.headers;
    return {
      url,
      status: answer.statusCode,
      headers: answer.headers,
      text: await answer.body.text(),
      cookies,
      location: typeof location === 'string' ? new URL(location, url).href : undefined,
    };
  }

  private keep(jar: Map<string, string>, given: string): void {
    this.cookiesGiven.push(given);
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(given) ?? [];
    const isGone = /max-age=0|expires=thu, 01 jan 1970/i.test(given);
    if (isGone) jar.delete(name);
    else jar.set(name, value);
  }

  // a browser keeps cookies by host, whatever the port; here each service has its own
  private jarOf(url: string): Map<string, string> {
    const { host } = new URL(url);
    const jar = this.jars.get(host) ?? new Map<string, string>();
    this.jars.set(host, jar);
    return jar;
  }
}

/** The token that the forms of a page carry. */
export function csrfOf(page: string): string {
  const [, token] = /name="_csrf" value="([^"]+)"/.exec(page) ?? [];
  if (token === undefined) throw new Error('the page has no form with a token');
  return token;
}
