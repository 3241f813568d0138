namespace Authorisation.Ledger.Activation;

/// <summary>
/// The keys that are accepted: the one that everything new is kept under, and one more while the key is being changed.
/// A change takes two rounds of restarts, so that no host ever meets what it has no key for: docs/operate/maintenance.md.
/// </summary>
public sealed class CodeKeys
{
    private const string CurrentName = "Activation:CodeKey";
    private const string OtherName = "Activation:OtherCodeKey";

    private CodeKeys(CodeKey current, CodeKey? other) => All = other is null ? [current] : [current, other];

    /// <summary>The names of the settings.</summary>
    public static IReadOnlyList<string> SettingNames { get; } = [CurrentName, OtherName];

    /// <summary>The key that everything new is kept under.</summary>
    public CodeKey Current => All[0];

    /// <summary>The keys that are accepted, <see cref="Current"/> first.</summary>
    public IReadOnlyList<CodeKey> All { get; }

    /// <summary>Reads the settings; null when no key is set.</summary>
    /// <param name="setting">What a setting says; null or empty when it is not set.</param>
    /// <param name="refuse">Makes the error of a setting that cannot be used, which never repeats the key.</param>
    public static CodeKeys? Read(Func<string, string?> setting, Func<string, string, Exception> refuse)
    {
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(refuse);
        var (current, other) = (setting(CurrentName), setting(OtherName));
        if (string.IsNullOrEmpty(current))
        {
            return string.IsNullOrEmpty(other) ? null : throw refuse(CurrentName, $"is missing beside {OtherName}");
        }

        if (current == other)
        {
            throw refuse(OtherName, $"is the same as {CurrentName}");
        }

        return new CodeKeys(
            Parse(current, CurrentName, refuse), string.IsNullOrEmpty(other) ? null : Parse(other, OtherName, refuse));
    }

    private static CodeKey Parse(string text, string name, Func<string, string, Exception> refuse) =>
        CodeKey.TryParse(text, out var key)
            ? key!
            : throw refuse(name, "must be 32 bytes in Base64, such as `openssl rand -base64 32` makes");
}
