FROM node:26.10.0-bookworm-slim AS build
WORKDIR /firebreak
COPY package.json package-lock.json .npmrc ./
COPY tools ./tools
RUN npm ci
COPY . .
RUN npm run build

FROM node:26.10.0-bookworm-slim AS packages
WORKDIR /firebreak
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts

# Redis is not in here: the image always runs beside one (FIREBREAK_REDIS_URL).
FROM node:26.10.0-bookworm-slim
WORKDIR /firebreak
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/tmp/node-compile-cache \
    FIREBREAK_DATA_DIR=/var/lib/firebreak
RUN mkdir -p /var/lib/firebreak && chown node:node /var/lib/firebreak
COPY --from=packages /firebreak/node_modules ./node_modules
COPY --from=build /firebreak/dist ./dist
COPY package.json LICENSE ./
COPY runbooks ./runbooks
COPY topology.yaml ./topology.yaml
USER node
VOLUME /var/lib/firebreak
EXPOSE 9700
HEALTHCHECK --interval=5s --timeout=2s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.FIREBREAK_PORT ?? 9700}/-/healthy`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/src/main.js"]
