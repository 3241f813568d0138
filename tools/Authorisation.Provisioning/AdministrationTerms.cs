using Authorisation.Core;

namespace Authorisation.Provisioning;

/// <summary>The terms of an operator that administration goes by.</summary>
/// <param name="Country">Whose organisation and mobile numbers: <c>SE</c> or <c>NO</c>.</param>
/// <param name="Language">Of messages: <c>sv</c>, <c>nb</c> or <c>en</c>.</param>
/// <param name="OffersAppCredit">Whether there is credit in the app.</param>
/// <param name="CapMinor">
/// The most that one traveller may have in a month; <see langword="null"/> for as much as wanted.
/// </param>
/// <param name="Login">What a traveller types beside the code.</param>
/// <param name="SmsSender">The sender that SMS show.</param>
public sealed record AdministrationTerms(
    string Country, string Language, bool OffersAppCredit, long? CapMinor, ActivationLogin Login, string SmsSender);
