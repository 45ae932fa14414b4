import type { FastifyInstance, FastifyRequest } from 'fastify';

/** One address that answers to one method, with `:name` for what may vary. */
export interface Route {
  readonly method: string;
  readonly url: string;
}

const NAME = 'routeTable';
/** What is said of an address that nobody has registered. */
const NO_ROUTE = 'none';

/** Keeps a list of all routes, beginning with the next one that is added. */
export function recordRoutes(fastify: FastifyInstance): void {
  const routes: Route[] = [];
  fastify.decorate(NAME, routes);
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
}

/** Gives all routes. */
export function routesOf(fastify: FastifyInstance): readonly Route[] {
  return fastify.getDecorator<Route[]>(NAME);
}

/** Gives the address of a request as it is registered, and `none` where it is not. */
export function routeOf({ routeOptions }: Pick<FastifyRequest, 'routeOptions'>): string {
  return routeOptions.url ?? NO_ROUTE;
}

/** Names the methods to which a path answers; none when there is no such path. */
export function methodsAt(fastify: FastifyInstance, url: string): string[] {
  const [path = ''] = url.split('?');
  const segments = path.split('/');
  const fits = (route: Route): boolean => {
    const pattern = route.url.split('/');
    return (
      pattern.length === segments.length &&
      pattern.every((part, i) => part === segments[i] || (part.startsWith(':') && segments[i] !== ''))
    );
  };
  return [
    ...new Set(
      routesOf(fastify)
        .filter(fits)
        .map((route) => route.method),
    ),
  ].sort();
}
