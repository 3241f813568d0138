using System.ComponentModel.DataAnnotations;
using Authorisation.Admin.Web;
using Authorisation.Administration.Terms;
using Authorisation.Core;

namespace Authorisation.Admin.Api.Terms;

/// <summary>Marks those who accept a document.</summary>
internal sealed class AcceptorWordsAttribute : WordsOfAttribute
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> All => TermsDocument.Acceptors;
}

/// <summary>A document in one language.</summary>
/// <param name="Language">The language; each once.</param>
/// <param name="Title">Its title.</param>
/// <param name="Text">All of it, with line breaks.</param>
internal sealed record TermsTextBody(
    [Required, AllowedValues("sv", "nb", "en")] string? Language,
    [Required, MaxLength(Limits.NameCharactersMax)] string? Title,
    [Required, MaxLength(Limits.TermsTextCharactersMax)] string? Text);

/// <summary>A version of a document.</summary>
/// <param name="ValidFrom">Its first day in force, today or later by the operator's clocks.</param>
/// <param name="AcceptedBy">Who accepts it; organisations and travellers unless given.</param>
/// <param name="Texts">What it says, in the operator's language and in others.</param>
internal sealed record TermsBody(
    [Required] DateOnly? ValidFrom, [AcceptorWords] IReadOnlyList<string?>? AcceptedBy,
    [Required] IReadOnlyList<TermsTextBody?>? Texts)
{
    public PublishTermsRequest ToRequest() => new(
        ValidFrom, AcceptedBy, Texts?.Select(one => one is null ? null : new TermsText(one.Language, one.Title, one.Text)).ToList());
}

/// <summary>A version of a document with terms.</summary>
/// <param name="Kind">privacy, travel or general.</param>
/// <param name="Version">The version, as the operator names it.</param>
/// <param name="ValidFrom">Its first day in force.</param>
/// <param name="Status">coming, in_force, or replaced by a later one.</param>
/// <param name="AcceptedBy">Who accepts it.</param>
/// <param name="Languages">The languages that it is there in.</param>
/// <param name="Texts">What it says; of one document only.</param>
internal sealed record TermsView(
    [AllowedValues("privacy", "travel", "general")] string Kind,
    string Version,
    DateOnly ValidFrom,
    [AllowedValues("coming", "in_force", "replaced")] string Status,
    [AcceptorWords] IReadOnlyList<string> AcceptedBy,
    IReadOnlyList<string> Languages,
    IReadOnlyList<TermsTextBody>? Texts = null)
{
    public static TermsView Of(TermsDocument row) => new(
        row.Kind, row.Version, row.ValidFrom, row.Status, row.AcceptorWords, row.WrittenIn);
}

/// <summary>The document that is accepted.</summary>
/// <param name="Kind">privacy, travel or general.</param>
/// <param name="Version">The version that was read.</param>
internal sealed record TermsAcceptanceBody(
    [Required, AllowedValues("privacy", "travel", "general")] string? Kind,
    [Required, MaxLength(Limits.TermsVersionCharactersMax)] string? Version);

/// <summary>An acceptance.</summary>
/// <param name="Kind">privacy, travel or general.</param>
/// <param name="Version">The version that was accepted.</param>
/// <param name="AcceptedAt">When.</param>
/// <param name="AcceptedBy">The e-mail address of the person; absent where the traveller's app accepted.</param>
internal sealed record TermsAcceptanceView(
    [AllowedValues("privacy", "travel", "general")] string Kind, string Version, DateTime AcceptedAt, string? AcceptedBy)
{
    public static TermsAcceptanceView Of(TermsAcceptance row) => new(row.Kind, row.Version, row.AcceptedAt, row.AcceptedBy);
}
