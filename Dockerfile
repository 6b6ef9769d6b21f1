# syntax=docker/dockerfile:1

# Run-time packages only: the platform's Node and the tools of development stay out.
FROM node:24-alpine AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force

FROM node:24-alpine
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=packages /app/node_modules ./node_modules
COPY package.json package-lock.json ./
COPY migrations ./migrations
COPY policies ./policies
COPY schema ./schema
COPY examples ./examples
COPY src ./src
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+process.env.PORT+'/health/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
# The schema is brought up to date by a command of its own, before a new version serves:
#   docker run --rm -e DATABASE_URL=… IMAGE node src/cli/main.ts migrate
CMD ["node", "src/cli/main.ts", "serve"]
