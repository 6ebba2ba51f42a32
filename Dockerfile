# The programs as images, one target each:  docker build --target normalizer -t custom-events/normalizer .
# Chiseled images: no shell, no package manager, user 1654. They need nothing writable but /tmp.
ARG DOTNET=10.0

FROM mcr.microsoft.com/dotnet/sdk:${DOTNET}-noble AS build
WORKDIR /src
# What packages are needed changes seldom: this layer stays while only code changes.
COPY Directory.Build.props Directory.Build.targets Directory.Packages.props global.json BannedSymbols.txt CustomEvents.slnx Programs.slnf ./
COPY shared/Events/Events.csproj shared/Events/
COPY shared/Hosting/Hosting.csproj shared/Hosting/
COPY shared/Kafka/Kafka.csproj shared/Kafka/
COPY shared/MongoDb/MongoDb.csproj shared/MongoDb/
COPY shared/Pipeline/Pipeline.csproj shared/Pipeline/
COPY shared/Sqlite/Sqlite.csproj shared/Sqlite/
COPY services/Directory.Build.props services/
COPY services/all-in-one/all-in-one.csproj services/all-in-one/
COPY services/gateway/gateway.csproj services/gateway/
COPY services/ingest-api/ingest-api.csproj services/ingest-api/
COPY services/normalizer/normalizer.csproj services/normalizer/
COPY services/operator/operator.csproj services/operator/
COPY services/persister/persister.csproj services/persister/
RUN dotnet restore Programs.slnf -p:Configuration=Release
COPY . .
RUN dotnet publish Programs.slnf -c Release --no-restore

FROM mcr.microsoft.com/dotnet/aspnet:${DOTNET}-noble-chiseled AS program
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Custom events" \
      org.opencontainers.image.description="An event ingestion pipeline on Kafka and MongoDB" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# The diagnostics' socket would want a place to write; 8080 is every program's port.
ENV DOTNET_EnableDiagnostics=0 ASPNETCORE_HTTP_PORTS=8080
WORKDIR /app
USER 1654
EXPOSE 8080

FROM program AS ingest-api
COPY --from=build /src/artifacts/publish/ingest-api .
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["./ingest-api", "--healthcheck"]
ENTRYPOINT ["./ingest-api"]

FROM program AS normalizer
COPY --from=build /src/artifacts/publish/normalizer .
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["./normalizer", "--healthcheck"]
ENTRYPOINT ["./normalizer"]

FROM program AS persister
COPY --from=build /src/artifacts/publish/persister .
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["./persister", "--healthcheck"]
ENTRYPOINT ["./persister"]

FROM program AS gateway
COPY --from=build /src/artifacts/publish/gateway .
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["./gateway", "--healthcheck"]
ENTRYPOINT ["./gateway"]

# The embedded pipeline: one container, one volume for its folder.
FROM program AS all-in-one
COPY --from=build /src/artifacts/publish/all-in-one .
ENV Embedded__DataDirectory=/data
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s --retries=3 CMD ["./all-in-one", "--healthcheck"]
ENTRYPOINT ["./all-in-one"]

# The operator's command line.
FROM program AS events
COPY --from=build /src/artifacts/publish/events .
ENTRYPOINT ["./events"]
