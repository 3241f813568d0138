using Authorisation.Hosting.Logging;
using Microsoft.AspNetCore.Builder;

namespace Authorisation.Hosting.Commands;

/// <summary>What the hosts of both planes are built from.</summary>
internal static class PlaneBuilder
{
    /// <summary>Begins a host: its settings lie beside the program, wherever that is started from.</summary>
    /// <param name="args">Settings as <c>--Section:Name value</c>.</param>
    public static WebApplicationBuilder Create(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            Args = args,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Logging.UseOneLine();
        return builder;
    }
}
