using System.Security.Cryptography;
using System.Text;

namespace Authorisation.PrivateServers;

/// <summary>
/// The directory that holds a private Postgres. It is where the caller wants it, unless Postgres has to run as another
/// user who cannot go there, as in a checkout below /root. Then it is in /var/tmp and the wanted place is a symbolic
/// link to it. The name there follows from the wanted place, so that a link that got lost orphans nothing.
/// </summary>
internal static class PostgresHome
{
    private const string Elsewhere = "/var/tmp";
    private const string Marker = "home-of";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Makes the home if there is none, and returns where it really is.</summary>
    public static async Task<string> PrepareAsync(string wanted, ServerUser? user, CancellationToken cancel)
    {
        if (new FileInfo(wanted).LinkTarget is { } target)
        {
            return BelongsTo(target, wanted) ? target : throw Unusable(wanted, "its link leads nowhere");
        }

        if (File.Exists(wanted))
        {
            throw Unusable(wanted, "it is a file");
        }

        if (Directory.Exists(wanted))
        {
            return await IsWithinReachAsync(wanted, user, cancel)
                ? wanted
                : throw Unusable(wanted, $"user {user?.Name ?? Environment.UserName} cannot write there");
        }

        Make(wanted, wanted, user);
        if (await IsWithinReachAsync(wanted, user, cancel))
        {
            return wanted;
        }

        Directory.Delete(wanted, recursive: true);
        var elsewhere = ElsewhereFor(wanted, user!);
        await RemoveElsewhereAsync(elsewhere, wanted, user!, cancel);
        Make(elsewhere, wanted, user);
        File.CreateSymbolicLink(wanted, elsewhere);
        return elsewhere;
    }

    /// <summary>
    /// Deletes the home, wherever it is. What a link names is deleted only if it says that it belongs to the link.
    /// </summary>
    public static void Delete(string wanted)
    {
        if (new FileInfo(wanted).LinkTarget is { } target)
        {
            if (BelongsTo(target, wanted))
            {
                Directory.Delete(target, recursive: true);
            }

            File.Delete(wanted);
        }
        else if (Directory.Exists(wanted))
        {
            Directory.Delete(wanted, recursive: true);
        }
    }

    private static void Make(string path, string wanted, ServerUser? user)
    {
        Directory.CreateDirectory(path, OwnerOnly);
        File.WriteAllText(Path.Combine(path, Marker), wanted);
        if (user is not null)
        {
            Libc.ChangeOwner(path, user.UserId, user.GroupId);
        }
    }

    private static bool BelongsTo(string home, string wanted)
    {
        var marker = Path.Combine(home, Marker);
        return File.Exists(marker) && File.ReadAllText(marker) == wanted;
    }

    private static string ElsewhereFor(string wanted, ServerUser user)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(wanted)))[..12];
        return Path.Combine(Elsewhere, $"authorisation-{hash}-{user.UserId}");
    }

    // /var/tmp is everybody's: what lies there under our name may have been put there by another user, so it is touched
    // only if it is a real directory of the server's user.
    private static async Task RemoveElsewhereAsync(string path, string wanted, ServerUser user, CancellationToken cancel)
    {
        var (exitCode, owner) = await HelperProgram.RunAsync("stat", ["-c", "%u %F", path], cancel);
        if (exitCode != 0)
        {
            return;
        }

        if (owner != $"{user.UserId} directory" || !BelongsTo(path, wanted))
        {
            throw Unusable(path, $"it is not a directory that this made for {wanted}; delete it");
        }

        await Leftovers.StopAsync(Path.Combine(path, PrivatePostgres.DataName), PrivatePostgres.ProcessName, Libc.SigQuit);
        Directory.Delete(path, recursive: true);
    }

    // Asked of the system rather than worked out from modes: access lists and mounts have their say too.
    private static async Task<bool> IsWithinReachAsync(string path, ServerUser? user, CancellationToken cancel)
    {
        var (exitCode, _) = await HelperProgram.RunAsync(
            "setpriv", [.. ServerProcess.AsUser(user), "--", "test", "-w", path], cancel);
        return exitCode == 0;
    }

    private static PrivateServerException Unusable(string path, string why) =>
        new(ServerFault.DirectoryUnusable, $"{path} cannot hold Postgres: {why}");
}
