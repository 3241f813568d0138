using Authorisation.Testing;

namespace Authorisation.Server.Tests.Support;

/// <summary>Starts the server's program.</summary>
internal static class ServerProgram
{
    /// <summary>Starts the program with arguments.</summary>
    public static Task<TestProgram> StartAsync(params string[] arguments) =>
        StartAsync(new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>Starts the program with environment variables and arguments.</summary>
    public static Task<TestProgram> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        TestProgram.StartAsync("Authorisation.Server", environment, arguments);

    /// <summary>Runs the program to its end and says how it ended.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var program = await StartAsync(arguments);
        return await program.EndedAsync();
    }
}
