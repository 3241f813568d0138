using System.Text.Json;
using System.Text.Json.Serialization;

namespace Authorisation.Standalone.Demo;

/// <summary>
/// What a script needs to call the demo: <c>.run/demo.json</c>. It has tokens in the clear, so it is readable by its
/// owner only; they open nothing but this demo.
/// </summary>
/// <param name="Grpc">Where the server listens.</param>
/// <param name="Admin">Where the control plane listens.</param>
/// <param name="Operators">The operators by their code.</param>
/// <param name="Metrics">Where their metrics are scraped; null in what is kept.</param>
/// <param name="TicketSystem">Where the ticket system of the demo listens; null in what is kept.</param>
/// <param name="Ledger">The servers' way to the database, for the commands that need it; null in what is kept.</param>
internal sealed record DemoFile(
    string Grpc,
    string Admin,
    IReadOnlyDictionary<string, DemoOperator> Operators,
    DemoMetrics? Metrics = null,
    Uri? TicketSystem = null,
    string? Ledger = null)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>Reads a file; <see langword="null"/> when there is none or it is not whole.</summary>
    public static DemoFile? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<DemoFile>(File.ReadAllText(path), Json);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes the file whole or not at all: a reader never sees half of it.</summary>
    public void Write(string path)
    {
        var half = path + ".new";
        File.Delete(half);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using (var stream = new FileStream(half, options))
        {
            JsonSerializer.Serialize(stream, this, Json);
        }

        File.Move(half, path, overwrite: true);
    }
}
