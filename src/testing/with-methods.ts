/**
 * Gives an object that behaves like another one, but for some methods: what decorators in tests are made of, without
 * naming all the methods that stay as they are.
 */
export function withMethods<T extends object>(base: T, changed: Partial<T>): T {
  return new Proxy(base, {
    get: (target, name): unknown => Reflect.get(Object.hasOwn(changed, name) ? changed : target, name),
  });
}
