using System.Net;
using Microsoft.AspNetCore.Hosting;

namespace Authorisation.Admin.Tests.Messages;

/// <summary>Listens on a port of 127.0.0.1 that the system chooses.</summary>
internal static class KestrelPort
{
    public static void ConfigureKestrelPort(this IWebHostBuilder host) =>
        host.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
}
