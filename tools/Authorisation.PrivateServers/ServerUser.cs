using System.Globalization;

namespace Authorisation.PrivateServers;

/// <summary>Another user to run a server as. Postgres refuses to run as root.</summary>
internal sealed record ServerUser(string Name, uint UserId, uint GroupId)
{
    /// <summary>
    /// The user for Postgres, or null when this process is not root and the servers run as the current user.
    /// <c>postgres</c> exists wherever a package installed the server; <c>nobody</c> exists always.
    /// </summary>
    public static ServerUser? ForPostgres() =>
        Environment.IsPrivilegedProcess ? Find("postgres") ?? Find("nobody") ?? throw NoUser() : null;

    private static ServerUser? Find(string name)
    {
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            var fields = line.Split(':');
            if (fields.Length >= 4 && fields[0] == name
                && uint.TryParse(fields[2], CultureInfo.InvariantCulture, out var userId) && userId != 0
                && uint.TryParse(fields[3], CultureInfo.InvariantCulture, out var groupId))
            {
                return new ServerUser(name, userId, groupId);
            }
        }

        return null;
    }

    private static PrivateServerException NoUser() => new(
        ServerFault.ProgramMissing,
        "Postgres refuses to run as root and there is neither a user postgres nor nobody: run this as another user");
}
