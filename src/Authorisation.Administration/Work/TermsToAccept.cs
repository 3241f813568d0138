namespace Authorisation.Administration.Work;

/// <summary>A document that is to be accepted before anything is changed.</summary>
/// <param name="Kind">privacy, travel or general.</param>
/// <param name="Version">The version that is in force.</param>
/// <param name="Languages">The languages that it is there in.</param>
/// <param name="Read">The path that it is read at, which needs no session.</param>
/// <param name="Accept">The path that its acceptance is posted to.</param>
public sealed record TermsToAccept(
    string Kind, string Version, IReadOnlyList<string> Languages, string Read, string Accept);
