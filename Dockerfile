# syntax=docker/dockerfile:1
# The server of Authorisation. docs/operate/install.md says what it needs to run; deploy/compose.yaml shows it running.

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What decides which packages are restored, and nothing else: this layer is made again only when that changes.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/Authorisation.Core/Authorisation.Core.csproj src/Authorisation.Core/
COPY src/Authorisation.Hosting/Authorisation.Hosting.csproj src/Authorisation.Hosting/
COPY src/Authorisation.Ledger/Authorisation.Ledger.csproj src/Authorisation.Ledger/
COPY src/Authorisation.Schema/Authorisation.Schema.csproj src/Authorisation.Schema/
COPY src/Authorisation.Cache/Authorisation.Cache.csproj src/Authorisation.Cache/
COPY src/Authorisation.Contracts/Authorisation.Contracts.csproj src/Authorisation.Contracts/
COPY src/Authorisation.Server/Authorisation.Server.csproj src/Authorisation.Server/
COPY src/Authorisation.Administration/Authorisation.Administration.csproj src/Authorisation.Administration/
COPY src/Authorisation.Billing/Authorisation.Billing.csproj src/Authorisation.Billing/
COPY src/Authorisation.Admin/Authorisation.Admin.csproj src/Authorisation.Admin/
RUN dotnet restore src/Authorisation.Server/Authorisation.Server.csproj \
    && dotnet restore src/Authorisation.Admin/Authorisation.Admin.csproj

COPY proto/ proto/
COPY src/ src/
RUN dotnet publish src/Authorisation.Server/Authorisation.Server.csproj -c Release --no-restore -o /app \
    && dotnet publish src/Authorisation.Admin/Authorisation.Admin.csproj -c Release --no-restore -o /admin

# The control plane: docker build --target admin.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra AS admin
WORKDIR /app
COPY --from=build /admin ./
ENV ASPNETCORE_HTTP_PORTS="" \
    Listen__Address=0.0.0.0 \
    Listen__Port=5200
EXPOSE 5200
USER $APP_UID
ENTRYPOINT ["/app/Authorisation.Admin"]

# The server, which is what is built unless another target is named. "extra" has ICU and the time zones, which the operators' calendar months are computed with. It has no shell.
FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled-extra AS server
WORKDIR /app
COPY --from=build /app ./

# The base image names a port of its own for HTTP; Listen:Address and Listen:Port are what counts here.
ENV ASPNETCORE_HTTP_PORTS="" \
    Listen__Address=0.0.0.0 \
    Listen__Port=5100
EXPOSE 5100
USER $APP_UID

# Beyond loopback the server speaks TLS only, hence https; the certificate is not checked, it is this very container's.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/app/Authorisation.Server", "health", "--address", "https://127.0.0.1:5100"]
ENTRYPOINT ["/app/Authorisation.Server"]
