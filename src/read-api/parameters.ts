/** What a request asks, from its address and, where it has one, its form; the form comes first, as in Go. */
export class Parameters {
  private readonly parts: readonly URLSearchParams[];

  /**
   * @param url of the request
   * @param body as it was understood
   * @param isGone tells whether whoever asked does not wait for the answer any more
   */
  constructor(
    url: string,
    body: unknown,
    readonly isGone: () => boolean = () => false,
  ) {
    const [, query = ''] = /\?([^#]*)/.exec(url) ?? [];
    const form = body instanceof URLSearchParams ? [body] : [];
    this.parts = [...form, new URLSearchParams(query)];
  }

  /** The first value, or the empty text. */
  one(name: string): string {
    return this.all(name)[0] ?? '';
  }

  /** All values. */
  all(name: string): string[] {
    return this.parts.flatMap((part) => part.getAll(name));
  }
}
