using System.Text.RegularExpressions;
using Authorisation.Testing;

namespace Authorisation.Admin.Tests.Support;

/// <summary>What was sent, as the demo writes it: by recipient, newest last.</summary>
/// <remarks>
/// Safe for several threads: one reads new files at a time, under a lock. Hundreds of tests ask for thousands of messages
/// again and again, so each file is read once.
/// </remarks>
internal sealed partial class Mailbox(string directory)
{
    private readonly Lock _reading = new();
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedList<string, string>> _byRecipient = new(StringComparer.Ordinal);

    /// <summary>What was sent to somebody so far.</summary>
    public IReadOnlyList<string> To(string recipient)
    {
        lock (_reading)
        {
            ReadNew();
            return _byRecipient.TryGetValue(recipient, out var messages) ? [.. messages.Values] : [];
        }
    }

    /// <summary>Waits for the message with this place among those to somebody, from 1.</summary>
    public async Task<string> WaitAsync(string recipient, int place = 1)
    {
        await Eventually.TrueAsync(() => To(recipient).Count >= place, Eventually.Bound, $"message {place} to {recipient}");
        return To(recipient)[place - 1];
    }

    /// <summary>Waits for an invitation and takes its token out.</summary>
    public async Task<string> InvitationAsync(string email, int place = 1)
    {
        var found = "";
        await Eventually.TrueAsync(
            () =>
            {
                var all = To(email).SelectMany(text => InvitationLink().Matches(text)).ToList();
                found = all.Count >= place ? all[place - 1].Groups["token"].Value : "";
                return found.Length > 0;
            },
            Eventually.Bound,
            $"invitation {place} to {email}");
        return found;
    }

    /// <summary>Waits for an SMS with a code and takes login and code out.</summary>
    public async Task<(string Login, string Code)> CodeAsync(string mobile, int place = 1)
    {
        var text = await WaitAsync(mobile, place);
        var found = CodeText().Match(text);
        return (found.Groups["login"].Value, found.Groups["code"].Value);
    }

    /// <summary>Waits for a link in the message with this place among those to somebody.</summary>
    public async Task<Uri> LinkAsync(string email, int place = 1) =>
        new(AnyLink().Match(await WaitAsync(email, place)).Value);

    // A message appears whole and does not change.
    private void ReadNew()
    {
        if (!Directory.Exists(directory))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(directory, "*.txt").Where(_read.Add))
        {
            var text = File.ReadAllText(file);
            var recipient = Recipient().Match(text).Groups["recipient"].Value;
            if (!_byRecipient.TryGetValue(recipient, out var messages))
            {
                _byRecipient[recipient] = messages = new SortedList<string, string>(StringComparer.Ordinal);
            }

            messages.Add(file, text);
        }
    }

    [GeneratedRegex(@"\nTo: (?<recipient>[^\n]*)\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Recipient();

    [GeneratedRegex(@"https?://\S+", RegexOptions.None, 1000)]
    private static partial Regex AnyLink();

    [GeneratedRegex("invitations/(?<token>[A-Za-z0-9_-]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InvitationLink();

    [GeneratedRegex(@" (?<login>\S+) (och engångskoden|og engangskoden|and the one-time code) (?<code>\d{8})\.", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CodeText();
}
