using Microsoft.AspNetCore.Identity;

namespace Authorisation.Admin.Access;

/// <summary>Hashes passwords as ASP.NET Core Identity does.</summary>
internal sealed class Passwords
{
    private readonly PasswordHasher<Passwords> _hasher = new();
    private readonly string _nobodys;

    public Passwords() => _nobodys = _hasher.HashPassword(this, Guid.NewGuid().ToString());

    public string Hash(string password) => _hasher.HashPassword(this, password);

    /// <summary>
    /// Whether the password is the one of the hash. Without a hash the answer is no, and it takes as long as with one.
    /// </summary>
    public bool Verify(string? hash, string password)
    {
        var isRight = _hasher.VerifyHashedPassword(this, hash ?? _nobodys, password) != PasswordVerificationResult.Failed;
        return isRight && hash is not null;
    }
}
