using Authorisation.Ledger.Activation;

namespace Authorisation.Standalone.Start;

/// <summary>
/// The key of activation codes, kept beside the database: codes that are out go on to hold after a restart.
/// </summary>
internal sealed class DemoCodeKey(RunDirectory directory)
{
    private const string Name = "code-key";

    private string? _text;

    /// <summary>The key, made when it is asked for the first time.</summary>
    public string Text => _text ??= ReadOrMake(directory.PathOf(Name));

    private static string ReadOrMake(string path)
    {
        if (File.Exists(path) && File.ReadAllText(path) is var kept && CodeKey.TryParse(kept, out _))
        {
            return kept;
        }

        var made = CodeKey.NewText();
        File.Delete(path);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(path, options);
        writer.Write(made);
        return made;
    }
}
