using System.Security.Cryptography;
using System.Text;
using Authorisation.Ledger.Access;

namespace Authorisation.Ledger.Tests.Access;

public sealed class TokenHashTests
{
    [Fact]
    public void A_new_token_is_256_random_bits_that_hash_to_what_is_stored()
    {
        var (token, sha256) = TokenHash.NewToken();

        Assert.Equal(43, token.Length);
        Assert.NotEqual(TokenHash.NewToken().Token, token, StringComparer.Ordinal);
        Assert.True(TokenHash.TryOf(token, out var hash));
        Assert.Equal(TokenHash.FromBytes(sha256), hash);
        Assert.Equal(TokenHash.FromBytes(SHA256.HashData(Encoding.ASCII.GetBytes(token))), hash);
    }

    [Fact]
    public void Different_tokens_have_different_hashes()
    {
        Assert.True(TokenHash.TryOf("a", out var one));
        Assert.True(TokenHash.TryOf("b", out var other));
        Assert.NotEqual(one, other);
    }

    [Theory]
    [InlineData("")]
    [InlineData("smörgås")]
    [InlineData("\ud83d")]
    public void What_cannot_be_a_token_of_ours_is_none(string text) => Assert.False(TokenHash.TryOf(text, out _));

    [Fact]
    public void The_longest_that_is_looked_at_is_and_one_longer_is_not()
    {
        Assert.True(TokenHash.TryOf(new string('x', TokenHash.TokenCharactersMax), out _));
        Assert.False(TokenHash.TryOf(new string('x', TokenHash.TokenCharactersMax + 1), out _));
    }
}
